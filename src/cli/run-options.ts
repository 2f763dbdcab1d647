import type { ConfigFlags } from '../app.ts';
import type { CommonOptions } from './common-options.ts';

/** Flags of `run`, as commander gives them. */
export interface RunOptions extends CommonOptions {
  readonly idea?: string;
  readonly ideaFile?: string;
  readonly interactive?: boolean;
  readonly autonomy?: 'full' | 'checkpoint';
  readonly parallel?: number;
  readonly model?: string;
  readonly maxSessions?: number;
  readonly budget?: number;
  readonly rehearse?: boolean;
  readonly from?: string;
  readonly existing?: boolean;
}

/** What of it belongs to the configuration. */
export function flagsOf(options: RunOptions): ConfigFlags {
  const { model, maxSessions, parallel, budget, autonomy, interactive } = options;
  return {
    ...(model === undefined ? {} : { model }),
    ...(maxSessions === undefined ? {} : { maxSessions }),
    ...(parallel === undefined ? {} : { parallel }),
    ...(budget === undefined ? {} : { budget }),
    ...(autonomy === undefined ? {} : { autonomy }),
    ...(interactive === undefined ? {} : { interactive }),
  };
}
