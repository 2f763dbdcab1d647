import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError } from '../../domain/errors.ts';
import type { HarnessEvent } from '../../domain/event.ts';
import type { Preparation } from '../../workspaces/environment/open-environments.ts';
import { askedHosts } from './asked-hosts.ts';
import type { Begun, WorkshopDeps } from './deps.ts';
import { commandBox } from './workspace-box.ts';

/** What a checkout may count on: variables for its commands, or why it has no environment. */
export type Installed =
  | { readonly ready: true; readonly env: Readonly<Record<string, string>> }
  | { readonly ready: false; readonly reason: string };

/** Where dependencies are wanted. */
export interface Installation {
  readonly begun: Pick<Begun, 'run' | 'project' | 'hub'>;
  /** Commit or tree whose lock files decide. */
  readonly tree: string;
  /** Checkout or clone that is to become runnable. */
  readonly directory: string;
  readonly signal?: AbortSignal;
}

/** Prepares the environment of a tree, or finds it kept, and copies it into the checkout. */
export async function installEnvironment(
  deps: WorkshopDeps,
  order: Installation,
): Promise<Installed> {
  const { run, project, hub } = order.begun;
  const settings = run.settings.environment;
  const { packages } = deps;
  const hosts = askedHosts(deps, order.begun);
  const preparation = await deps.environments.prepare({
    files: await hub.files(order.tree),
    settings,
    openWire: packages === null ? null : () => packages.wire(hosts.asked),
    timeoutMs: run.settings.checkTimeoutMs,
    ...(order.signal === undefined ? {} : { signal: order.signal }),
  });
  await hosts.stored();
  const env = { ...settings.env, ...deps.boxSecrets };
  switch (preparation.status) {
    case 'none':
      return { ready: true, env };
    case 'stopped':
      return { ready: false, reason: 'stopped by request' };
    case 'failed':
      return {
        ready: false,
        reason: `The environment could not be prepared: \`${preparation.command}\` failed: ${causeIn(preparation.output)} Mend what it names (the lock file, the registry, \`environment.prepare\` in orchestrator.yaml); an item that is blocked by it goes on with \`harness items retry\`.\n${preparation.output}`,
      };
    case 'ready':
      await deps.environments.installInto(preparation.environment, order.directory);
      await hide(deps, order.directory, preparation);
      if (!preparation.reused)
        await deps.store.events.append(project.id, run.id, [preparedEvent(preparation)]);
      return { ready: true, env };
  }
}

/** What most likely tells the cause: our own word on the registry, the first error, the last line. */
function causeIn(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const cause =
    lines.find((line) => line.startsWith('(')) ?? lines.find((line) => /err/iu.test(line));
  return (cause ?? lines.at(-1) ?? 'it said nothing').trim().slice(0, 200);
}

type Ready = Extract<Preparation, { status: 'ready' }>;

const HIDE_MS = 30_000;

/**
 * What was installed is nobody's work: a clone's commits leave it out. Written inside the box, where
 * a link in the clone's `.git` leads nowhere.
 */
async function hide(deps: WorkshopDeps, directory: string, { environment }: Ready): Promise<void> {
  // A gate's checkout is no repository, and has to stay just what is judged.
  if (environment.exclude.length === 0 || !existsSync(join(directory, '.git'))) return;
  const script = 'mkdir -p .git/info && printf "%s\\n" "$@" >>.git/info/exclude';
  const { exit, output } = await commandBox(
    deps,
    { path: directory, objects: [] },
    { command: ['sh', '-c', script, 'hide', ...environment.exclude], timeoutMs: HIDE_MS },
  );
  if (exit === 0) return;
  throw new HarnessError(
    'ENVIRONMENT_HIDE',
    `What was installed in ${directory} could not be left out of its commits (${output.slice(-200)}); see that its disk has room, then try again`,
  );
}

function preparedEvent({ environment, durationMs }: Ready): HarnessEvent {
  const { key, command } = environment;
  return { type: 'environment.prepared', key, command, durationMs };
}
