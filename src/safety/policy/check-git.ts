import type { Call } from './spec.ts';
import { quoted, refuse } from './verdict.ts';
import { leadOf, literalOf, type Word } from './word.ts';

/** checkout and restore: branches and the index, never what is not committed yet. */
export function gitCheckoutCheck(call: Call): void {
  const { words, operands, options } = call;
  const named = (...names: string[]): boolean => options.some(({ name }) => names.includes(name));
  if (call.name.endsWith('restore')) {
    if (!named('-S', '--staged')) lost(call);
    return;
  }
  const creates = named('-b', '-B', '--orphan', '-t', '--track');
  const paths = operands.some((word) => /^\.|\/$|^:/u.test(leadOf(word)));
  if (words.some((word) => literalOf(word) === '--') || paths || (!creates && operands.length > 1))
    lost(call);
}

function lost(call: Call): never {
  return refuse(
    'argument',
    `${call.name} of files throws away what is not committed.`,
    'Edit the files back, or git stash; git restore --staged takes them from the index.',
  );
}

/** stash: never drops. */
export function gitStashCheck({ operands }: Call): void {
  const [first] = operands;
  const name = first === undefined ? 'push' : (literalOf(first) ?? '');
  if (!/^(?:push|pop|apply|list|show|save|branch)$/u.test(name))
    refuse(
      'argument',
      `git stash ${quoted(first?.source ?? '')} is not allowed.`,
      'Use git stash push, pop, apply, list or show.',
    );
}

/** Keys that only change how git shows or names things. */
const KEYS =
  /^(?:user\.(?:name|email)|init\.defaultbranch|color\.[\w.]+|pull\.(?:rebase|ff)|push\.default|core\.(?:autocrlf|eol|filemode|ignorecase|longpaths|quotepath|safecrlf|symlinks)|advice\.\w+|am\.keepcr|fetch\.(?:prune|fsck\.\w+)|merge\.conflictstyle|diff\.(?:algorithm|renames|renamelimit|noprefix|mnemonicprefix)|rerere\.enabled|log\.date|status\.\w+|branch\.sort|tag\.sort|rebase\.(?:autostash|autosquash)|commit\.(?:verbose|gpgsign)|tag\.gpgsign|safe\.directory)$/iu;

/** config: reads anything, sets only what runs nothing. */
export function gitConfigCheck({ options, operands }: Call): void {
  const reads = options.some(({ name }) => /^(?:-l|--list|--get(?:-all|-regexp)?)$/u.test(name));
  const words = ['get', 'set', 'list', 'unset'].includes(
    literalOf(operands[0] ?? { pieces: [], source: '' }) ?? '',
  )
    ? operands.slice(1)
    : operands;
  const [key, value] = words;
  if (reads || key === undefined || words.length === 1) return;
  if (!runsNothing(literalOf(key) ?? '', value))
    refuse(
      'argument',
      `git config ${quoted(key.source)} may change what git runs.`,
      'Set user.name, user.email, color.*, init.defaultBranch or pull.rebase.',
    );
}

function runsNothing(key: string, value: Word | undefined): boolean {
  return KEYS.test(key) || (/^blame\.ignorerevsfile$/iu.test(key) && ofProject(value));
}

/** A plain path that can't lead out of the project. */
function ofProject(word: Word | undefined): boolean {
  const path = word === undefined ? null : literalOf(word);
  return path !== null && /^(?![/~])[\w./-]+$/u.test(path) && !path.split('/').includes('..');
}
