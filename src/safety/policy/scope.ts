import type { ParsedScript } from 'unbash';
import type { Gap } from './word.ts';
import type { Survey } from './survey.ts';

/** What is known where a word stands. */
export interface Scope {
  readonly survey: Survey;
  /** Variables that surely got one of their values before. */
  readonly settled: ReadonlySet<string>;
  /** Where variables come from that the script gives no value. */
  readonly outside: 'environment' | 'data';
  /** Judges the inside of a command substitution. */
  readonly substitute: (script: ParsedScript) => void;
  /** Variables whose values are being looked up, so that a circle ends. */
  readonly asking: ReadonlySet<string>;
  /** Variables that may still be looked up: each may name others, twice and twice again. */
  readonly lookups: { left: number };
}

/** A part of a word that nobody knows before it runs. */
export function gap(from: Gap['from'], splits: boolean): Gap {
  return { kind: 'gap', from, splits, values: null };
}
