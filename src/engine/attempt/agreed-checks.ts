import type { Check } from '../../domain/check.ts';
import { earlierOf } from '../../demo/earlier.ts';
import type { Begun, WorkshopDeps } from './deps.ts';
import { withProjectCheck } from './gate.ts';

/**
 * Everything that has to pass before the attempt's work becomes main: what was agreed for it, the
 * project's own command, and in demo mode what was agreed for the finished features that were looked
 * at again before.
 */
export async function agreedChecks(
  { store }: Pick<WorkshopDeps, 'store'>,
  { item, run }: Begun,
): Promise<readonly Check[]> {
  const { demo } = run.settings;
  const earlier = demo === undefined || item === null ? [] : await store.items.ofRun(run.id);
  const again = earlierOf(earlier).flatMap(({ checks }) => checks);
  const own = item?.checks ?? scaffoldChecks(demo !== undefined);
  return withProjectCheck(unique([...own, ...again]), run.projectCheck);
}

function scaffoldChecks(isDemo: boolean): readonly Check[] {
  const file: Check = { kind: 'file', path: 'init.sh' };
  return isDemo ? [file, { kind: 'command', run: 'test -x init.sh', exit: 0 }] : [file];
}

function unique(checks: readonly Check[]): readonly Check[] {
  return [...new Map(checks.map((check) => [JSON.stringify(check), check])).values()];
}
