import { proved, type Check, type Evidence } from '../../domain/check.ts';
import { diskFull } from '../../domain/disk-full.ts';
import type { Project } from '../../domain/run.ts';
import { runChecks } from '../../verify/run-checks.ts';
import type { Begun, WorkshopDeps } from './deps.ts';
import { installEnvironment } from './environment.ts';
import { inGateFolder } from './gate-folders.ts';

/** Where a judgement is made, for whom, and by which checks. */
export interface Gate {
  readonly begun: Pick<Begun, 'run' | 'project' | 'hub'>;
  /** Name of the disposable folder. */
  readonly name: string;
  /** Git tree to judge. */
  readonly tree: string;
  readonly checks: readonly Check[];
}

/** Runs the checks on a pristine checkout of exactly that tree, sealed and without a wire. */
export async function judgeTree(
  deps: WorkshopDeps,
  gate: Gate,
  signal?: AbortSignal,
): Promise<readonly Evidence[]> {
  const { projectId } = gate.begun.run;
  return inGateFolder(deps, { projectId, name: gate.name }, (directory) =>
    judgeIn(deps, { ...gate, directory }, signal),
  );
}

async function judgeIn(
  deps: WorkshopDeps,
  gate: Gate & { readonly directory: string },
  signal: AbortSignal | undefined,
): Promise<readonly Evidence[]> {
  const { begun, tree, directory } = gate;
  await begun.hub.checkout(tree, directory);
  const stop = signal === undefined ? {} : { signal };
  const installed = await installEnvironment(deps, { begun, tree, directory, ...stop });
  if (!installed.ready) await refuseWhenFull(deps, begun.project);
  if (!installed.ready) return gate.checks.map((check) => notRun(check, tree, installed.reason));
  const { settings } = begun.run;
  const evidence = await runChecks({
    box: deps.box,
    directory,
    checks: gate.checks,
    env: installed.env,
    services: settings.environment.services,
    readable: [],
    tree,
    timeoutMs: settings.checkTimeoutMs,
    flakyRetries: settings.flakyRetries,
    redact: deps.redact,
    ...stop,
  });
  if (!proved(evidence)) await refuseWhenFull(deps, begun.project);
  return evidence;
}

/** What fails on a full disk says nothing of the work. Throws DISK_FULL. */
export async function refuseWhenFull(deps: WorkshopDeps, project: Project): Promise<void> {
  const shortage = await deps.shortage(project);
  if (shortage !== null) throw diskFull(shortage);
}

/** Without its environment nothing can be judged, and what is not judged has not passed (I3). */
function notRun(check: Check, tree: string, reason: string): Evidence {
  return { check, verdict: 'could_not_run', exit: null, tail: reason, durationMs: 0, tree };
}

/** The checks of one item and the project's own, each once. */
export function withProjectCheck(
  checks: readonly Check[],
  command: string | null,
): readonly Check[] {
  if (command === null) return checks;
  const project: Check = { kind: 'command', run: command, exit: 0 };
  const known = checks.some((check) => check.kind === 'command' && check.run === command);
  return known ? checks : [...checks, project];
}
