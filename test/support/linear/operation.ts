import type { Values } from './store.ts';

/** One request that arrived. */
export interface Operation {
  readonly via: 'api' | 'mcp';
  /** Names of its root fields (several in one document), or of the tool. */
  readonly fields: readonly string[];
  readonly variables: Values;
  readonly points: number;
  /** `ok`, the code of the first error, or the kind of an ordered fault. */
  readonly outcome: string;
}
