import { nearest } from './nearest.ts';

/** Prefixes and names that only the harness and its agent read: a person's own variables are their own affair. */
const OURS = /^(?:HARNESS|ANTHROPIC|CLAUDE_CODE|LINEAR)_/u;

/** Farther away it may be meant for somebody else: `ANTHROPIC_MODEL` is no `ANTHROPIC_API_KEY`. */
const MOST_TYPOS = 2;

/** One letter makes another good name of a short one: `APP_PORT`, `API_PORT`. */
const SHORT = 8;

const ASSIGNMENT = /^\s*(?:export\s+)?([\w.-]+)\s*=/u;

/** What a person should know of their `.env`: names that nothing reads, and lines that are none. */
export function dotEnvNotes(text: string, known: readonly string[]): readonly string[] {
  // A quoted value may go on over lines, which are no lines of their own then.
  const flat = text.replaceAll(/=[ \t]*(["'`])[^"'`]*\1/gu, (whole) => whole.replaceAll('\n', ' '));
  return flat.split('\n').flatMap((line, at) => {
    if (/^\s*(?:#|$)/u.test(line)) return [];
    const name = ASSIGNMENT.exec(line)?.[1];
    if (name === undefined) return [`.env: line ${at + 1} is no NAME=VALUE and is ignored`];
    const meant = known.includes(name) ? undefined : meantBy(name, known);
    return meant === undefined ? [] : [`.env: nothing reads ${name}; did you mean ${meant}?`];
  });
}

function meantBy(name: string, known: readonly string[]): string | undefined {
  const candidate = nearest(
    name,
    known.map((one) => one.toLowerCase()),
  )?.toUpperCase();
  if (candidate === undefined) return undefined;
  const close = typos(name.toUpperCase(), candidate) <= MOST_TYPOS;
  return close && (OURS.test(candidate) || name.length > SHORT) ? candidate : undefined;
}

/** At least so many letters differ: enough to tell a slip from another name. */
function typos(a: string, b: string): number {
  const [left, right] = [a.split(''), b.split('')];
  const start = left.findIndex((letter, at) => letter !== right[at]);
  if (start === -1) return right.length - left.length;
  const shared = Math.min(left.length, right.length) - start;
  let end = 0;
  while (end < shared && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  return Math.max(left.length, right.length) - start - end;
}
