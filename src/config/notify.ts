import { createHash } from 'node:crypto';
import type { Config } from './config.ts';
import type { Problem } from './problem.ts';
import type { FileSettings } from './schema.ts';
import { Secret } from './secret.ts';
import type { Variables } from './variables.ts';

const COMMAND = 'HARNESS_NOTIFY_COMMAND';

/** Whom to tell of what. The command is the environment's: file and `.env` may have come with a repository. */
export function notifyTargets({ notify }: FileSettings, env: Variables): Config['notify'] {
  return notify.map(({ type, url = '', secret, on }) => {
    if (type === 'command') {
      const command = env[COMMAND] ?? '';
      return { id: idOf(type, command), type, on, command };
    }
    const key = secret === undefined ? null : new Secret(secret);
    return { id: idOf(type, url), type, on, url: new Secret(url), secret: key };
  });
}

/** Always the same for the same way; nothing can be read from it. */
function idOf(type: string, way: string): string {
  return `${type}:${createHash('sha256').update(way).digest('hex').slice(0, 16)}`;
}

/** A command that nobody named. */
export function commandProblems(
  file: FileSettings | undefined,
  env: Variables,
): readonly Problem[] {
  const asked = file?.notify.some(({ type }) => type === 'command') === true;
  if (!asked || (env[COMMAND] ?? '') !== '') return [];
  const what = `notify asks for a command, and the environment variable ${COMMAND} does not say which; it is not read from .env, which may have come with a repository`;
  return [{ place: null, what }];
}
