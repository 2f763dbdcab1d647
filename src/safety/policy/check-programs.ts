import { judgeWord } from './call.ts';
import type { Call } from './spec.ts';
import { NEVER } from '../../domain/never-commands.ts';
import { quoted, refuse } from './verdict.ts';
import { leadOf, literalOf } from './word.ts';

/** An interpreter that needs a file: by itself it would run what it is fed. */
export function fileCheck({ name, options, operands }: Call): void {
  const tells = options.some((option) => /^(?:-v|-V|-h|--version|--help)$/u.test(option.name));
  if (operands.length === 0 && !tells)
    refuse('argument', `${name} names no file.`, 'Write a file and name it.');
}

/** Commands of the clients, which run programs and touch files. */
const CLIENT =
  /^\s*\.\s*[a-z]|\\!|\\o|\\i|\\copy|\\g|\bsystem\b|\bload_extension\b|\b(?:out|load_)file\b|\bprogram\b/imu;
const LOOKING =
  /^\s*\.(?:tables|schema|mode|headers|indexes|databases|dump|width|nullvalue|stats)\b[^\n]*$/u;

/** sqlite3, psql, mysql: statements, not commands of the client. */
export function databaseCheck(call: Call): void {
  for (const word of call.words) {
    const text = literalOf(word) ?? leadOf(word);
    if (CLIENT.test(text) && !LOOKING.test(text))
      refuse('argument', `${quoted(text)} is a command of the client.`, 'Send SQL statements.');
    if (!/\s/u.test(text)) judgeWord(call, word, 'tool');
  }
}

const SHELLS: ReadonlySet<string> = new Set(['bash', 'sh', 'dash', 'env', 'xargs', 'curl', 'rm']);

/** A program that runs another, given among its words. */
export function runnerCheck({ name, words }: Call): void {
  for (const word of words)
    for (const text of (literalOf(word) ?? leadOf(word)).split(/[\s=;&|]+/u)) {
      const base = text.slice(text.lastIndexOf('/') + 1);
      if (SHELLS.has(base) || Object.hasOwn(NEVER, base))
        refuse('command', `${name} would run ${quoted(base)}.`, 'Run that by itself.');
    }
}
