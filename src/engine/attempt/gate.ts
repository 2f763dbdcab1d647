import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { proved, type Check, type Evidence } from '../../domain/check.ts';
import { diskFull } from '../../domain/disk-full.ts';
import type { Project } from '../../domain/run.ts';
import { runChecks } from '../../verify/run-checks.ts';
import type { Begun, WorkshopDeps } from './deps.ts';
import { installEnvironment } from './environment.ts';

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
  const { run, project, hub } = gate.begun;
  const directory = deps.paths.gateOf(project.id, gate.name);
  await rm(directory, { recursive: true, force: true });
  await mkdir(dirname(directory), { recursive: true, mode: 0o700 });
  try {
    await hub.checkout(gate.tree, directory);
    const { begun, tree } = gate;
    const installed = await installEnvironment(deps, {
      begun,
      tree,
      directory,
      ...(signal === undefined ? {} : { signal }),
    });
    if (!installed.ready) await refuseWhenFull(deps, project);
    if (!installed.ready) return gate.checks.map((check) => notRun(check, tree, installed.reason));
    const evidence = await runChecks({
      box: deps.box,
      directory,
      checks: gate.checks,
      env: installed.env,
      services: run.settings.environment.services,
      readable: [],
      tree,
      timeoutMs: run.settings.checkTimeoutMs,
      flakyRetries: run.settings.flakyRetries,
      redact: deps.redact,
      ...(signal === undefined ? {} : { signal }),
    });
    if (!proved(evidence)) await refuseWhenFull(deps, project);
    return evidence;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
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
