import type { RunSettings } from '../domain/run.ts';
import type { Config } from './config.ts';

/** What somebody says when they go on with a run. */
type Said = Partial<Pick<RunSettings, 'model' | 'maxSessions'>>;

/**
 * Model and cap of a run that is gone on with: what is said now; else, if it was not said when the run
 * began, what the environment says now; else what was settled. The file counts only when a run begins.
 */
export function onResume(
  { fromEnvironment }: Pick<Config, 'fromEnvironment'>,
  { flagged: before = [] }: Pick<RunSettings, 'flagged'>,
  said: Said,
): Partial<RunSettings> {
  const held = Object.fromEntries(before.map((name) => [name, undefined]));
  const { model, maxSessions } = { ...fromEnvironment, ...held, ...said };
  return {
    ...(model === undefined ? {} : { model }),
    ...(maxSessions === undefined ? {} : { maxSessions }),
    ...flaggedBy(said, before),
  };
}

/** What of it was said, now or before. */
export function flaggedBy(
  said: { readonly model?: string | undefined; readonly maxSessions?: number | undefined },
  before: NonNullable<RunSettings['flagged']> = [],
): Pick<RunSettings, 'flagged'> {
  const flagged = (['model', 'maxSessions'] as const).filter(
    (name) => said[name] !== undefined || before.includes(name),
  );
  return flagged.length === 0 ? {} : { flagged };
}
