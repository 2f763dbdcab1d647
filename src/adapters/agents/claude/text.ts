import { stripVTControlCharacters } from 'node:util';

/** Longest reason handed on; whoever wants more reads the transcript. */
const REASON_CHARS = 1000;

/** The text without anything that could steer a terminal; line breaks and tabs stay. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}/gu, (char) =>
    char === '\n' || char === '\t' ? char : '',
  );
}

/** One reason for people: plain, without blank ends, and short. */
export function reasonOf(text: string): string {
  const clean = plain(text).trim();
  return clean.length <= REASON_CHARS ? clean : `${clean.slice(0, REASON_CHARS)}…`;
}
