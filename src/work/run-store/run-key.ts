import type { Run } from '../../domain/run.ts';

/** A run in one of its generations: what is written for a former one touches nothing. */
export type RunKey = Pick<Run, 'id' | 'generation'>;

/** A run as its writer last saw it. */
export type SeenRun = Pick<Run, 'id' | 'generation' | 'status'>;
