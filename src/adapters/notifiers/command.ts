import { execa } from 'execa';
import type { News } from '../../domain/news.ts';
import type { Notifier } from './notifier.ts';

export interface CommandOrder {
  readonly id: string;
  /** For `sh -c`. */
  readonly command: string;
  readonly on: readonly News[];
  /** All that it sees of the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** How long it may take. */
const LONGEST_MS = 30_000;

/** Tells by a command of the operator's own: the line in `HARNESS_NOTICE`, everything as JSON on standard input. */
export function notifyingCommand({ id, command, on, env, cwd }: CommandOrder): Notifier {
  return {
    id,
    type: 'command',
    on,
    async tell(notice, signal) {
      const { news, text } = notice;
      const result = await execa('sh', ['-c', command], {
        cwd,
        env: { ...env, HARNESS_NEWS: news, HARNESS_NOTICE: text },
        extendEnv: false,
        reject: false,
        input: JSON.stringify(notice),
        stdout: 'ignore',
        stderr: 'ignore',
        timeout: LONGEST_MS,
        cancelSignal: signal,
        forceKillAfterDelay: 1000,
        killDescendants: true,
        detached: true,
      });
      signal.throwIfAborted();
      if (result.timedOut) throw new Error(`it took longer than ${LONGEST_MS / 1000} s`);
      if (result.exitCode !== 0) throw new Error(`it ended with ${result.exitCode ?? 'a signal'}`);
    },
  };
}
