import { judgeWord } from './call.ts';
import type { Call } from './spec.ts';
import { quoted, refuse } from './verdict.ts';
import { leadOf, literalOf, staysOperand, type Word } from './word.ts';

/** Tests and actions without a word of their own. */
const PLAIN: ReadonlySet<string> = new Set([
  '!',
  '(',
  ')',
  ',',
  '-not',
  '-a',
  '-and',
  '-o',
  '-or',
  '-print',
  '-print0',
  '-prune',
  '-quit',
  '-empty',
  '-depth',
  '-mount',
  '-xdev',
  '-daystart',
  '-follow',
  '-ls',
  '-true',
  '-false',
  '-readable',
  '-writable',
  '-executable',
  '-nouser',
  '-nogroup',
  '-ignore_readdir_race',
  '-L',
  '-H',
  '-P',
  '-noleaf',
  '-warn',
  '-nowarn',
]);
/** Those with one. */
const VALUED: ReadonlySet<string> = new Set([
  '-name',
  '-iname',
  '-path',
  '-ipath',
  '-wholename',
  '-iwholename',
  '-type',
  '-xtype',
  '-size',
  '-maxdepth',
  '-mindepth',
  '-mtime',
  '-mmin',
  '-atime',
  '-amin',
  '-ctime',
  '-cmin',
  '-perm',
  '-regex',
  '-iregex',
  '-regextype',
  '-user',
  '-group',
  '-links',
  '-inum',
  '-printf',
  '-lname',
  '-newermt',
  '-newerct',
  '-newerat',
  '-uid',
  '-gid',
]);
const FILED: ReadonlySet<string> = new Set(['-newer', '-anewer', '-cnewer', '-samefile']);
const RUNNING: ReadonlySet<string> = new Set(['-exec', '-execdir']);

/** find: only looks; what it runs on each file may only read. */
export function findCheck(call: Call): void {
  const queue = [...call.words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const text = literalOf(word);
    if (text !== null && PLAIN.has(text)) continue;
    if (text !== null && VALUED.has(text)) wantOne(queue.shift());
    else if (text !== null && FILED.has(text)) judgeWord(call, wantOne(queue.shift()), 'read');
    else if (text !== null && RUNNING.has(text)) runInner(call, queue);
    else root(call, word);
  }
}

function wantOne(word: Word | undefined): Word {
  if (word === undefined || (literalOf(word) === null && !word.source.startsWith('"')))
    return refuse(
      'argument',
      `${quoted(word?.source ?? '')} may become more words of find.`,
      "Quote it: find . -name '*.ts'.",
    );
  return word;
}

function root(call: Call, word: Word): void {
  const lead = leadOf(word);
  if (/^[-(!,]/u.test(lead))
    refuse(
      'option',
      `find ${quoted(word.source)} is not among the allowed tests and actions.`,
      'Use -name, -path, -type, -size, -mtime, -prune, -print; remove with rm, by name.',
    );
  if (!staysOperand(word))
    refuse(
      'argument',
      `${quoted(word.source)} may become an option.`,
      'Begin it with ./ and quote it.',
    );
  judgeWord(call, word, 'read');
}

function runInner(call: Call, queue: Word[]): void {
  const inner: Word[] = [];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const text = literalOf(word);
    if (text === ';' || (text === '+' && literalOf(inner.at(-1) ?? word) === '{}')) {
      call.run(inner, { adding: true });
      return;
    }
    inner.push(word);
  }
  refuse('argument', 'find -exec lacks its end.', 'End it with \\; or +.');
}
