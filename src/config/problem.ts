import { HarnessError } from '../domain/errors.ts';
import { MASK } from './secret.ts';

/** A text that was read, by the name a person knows it under. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

export interface Place {
  readonly source: Source;
  /** Index into the text. */
  readonly offset: number;
}

/** One thing that is wrong, and where; a null place is no file (a flag, the environment). */
export interface Problem {
  readonly place: Place | null;
  readonly what: string;
}

/** More than a person reads at once. */
const SHOWN = 20;

/** Characters of a source line shown around the place. */
const WIDTH = 100;

const secretKey = /((?:database_url|linear_api_key|authorization)["']?\s*:\s*)([^\s#][^,}]*)/gi;
const secretAssignment = /((?:TOKEN|KEY|PASSWORD|SECRET|DATABASE_URL)[A-Z_]*\s*=\s*)([^\s#].*)/g;
const secretLooking = /sk-ant-[\w-]+|lin_(?:api|oauth)_\w+|(?<=:\/\/)[^\s/@]+@/g;

/**
 * All problems as one CONFIG_INVALID (exit 2): `file:line:column: what`, the line and a caret,
 * at most 20. Known secrets and what looks like one are masked.
 */
export function invalidConfig(
  problems: readonly Problem[],
  secrets: readonly string[] = [],
): HarnessError {
  const known = secrets.filter((secret) => secret.length > 3);
  const mask = (text: string): string =>
    known.reduce((masked, secret) => masked.replaceAll(secret, stars), text);
  const shown = problems.slice(0, SHOWN).map((problem) => describe(problem, mask));
  const more = problems.length - shown.length;
  if (more > 0) shown.push(`and ${more} more.`);
  return new HarnessError('CONFIG_INVALID', mask(shown.join('\n')), { exit: 2 });
}

function describe(problem: Problem, mask: (text: string) => string): string {
  if (problem.place === null) return problem.what;
  const { source, offset } = problem.place;
  const start = source.text.lastIndexOf('\n', offset - 1) + 1;
  const line = source.text.slice(0, start).split('\n').length;
  const column = offset - start + 1;
  return `${source.name}:${line}:${column}: ${problem.what}\n${excerpt(mask(source.text.slice(start, lineEnd(source.text, start))), offset - start)}`;
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end === -1 ? text.length : end;
}

/** What is secret in the line is masked before it is cut: half of a secret would not be found any more. */
function excerpt(text: string, column: number): string {
  const line = maskSecrets(plain(text));
  const from = column > WIDTH - 20 ? column - 40 : 0;
  const caret = `${' '.repeat(column - from)}^`;
  return `  ${line.slice(from, from + WIDTH).trimEnd()}\n  ${caret}`;
}

/** One column stays one column: control characters could move the cursor or hide the rest. */
function plain(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    ' '.repeat(character.length),
  );
}

function maskSecrets(line: string): string {
  return line
    .replaceAll(secretKey, (_all, key: string, value: string) => key + stars(value))
    .replaceAll(secretAssignment, (_all, key: string, value: string) => key + stars(value))
    .replaceAll(secretLooking, stars);
}

/** As long as the secret where that keeps the caret right, never shorter than the mask. */
function stars(secret: string): string {
  return MASK.padEnd(secret.length, '*');
}
