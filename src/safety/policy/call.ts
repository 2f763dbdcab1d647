import type { Call, Kind, Spec } from './spec.ts';
import { kindOfOption, parseOptions, type Parsed } from './options.ts';
import { refusePath } from './jail.ts';
import { sameWays, type Ways } from './state.ts';
import { refuseToolWord } from './tool-word.ts';
import { quoted, refuse } from './verdict.ts';
import { leadOf, literalOf, type Word } from './word.ts';

type Judged = Omit<Call, 'options' | 'operands'>;

/** Judges a command against its entry in the tables. */
export function judgeCall(spec: Spec, call: Judged): Ways {
  if (spec.never !== undefined) refuse('command', `${call.name} is not for agents.`, spec.never);
  const parsed = parseOptions(call.name, spec, call.words);
  const full = { ...call, ...parsed };
  if (spec.subcommands !== undefined) return subcommand(spec, full);
  judgeWords(spec, full, parsed);
  return spec.check?.(full) ?? sameWays(call.state);
}

function subcommand(spec: Spec, call: Call): Ways {
  judgeOptions(spec, call);
  const [first, ...rest] = call.operands;
  if (first === undefined) return bare(spec, call);
  const name = literalOf(first);
  const entry = name === null ? undefined : entryOf(spec, name);
  if (entry === undefined)
    return refuse(
      'argument',
      `${call.name} ${leadOf(first)} is not among the allowed subcommands.`,
      `Allowed are ${Object.keys(spec.subcommands ?? {})
        .slice(0, 30)
        .join(', ')}.`,
    );
  return judgeCall(entry, { ...call, name: `${call.name} ${name}`, words: rest });
}

function entryOf(spec: Spec, name: string): Spec | undefined {
  const { subcommands = {}, other } = spec;
  return Object.hasOwn(subcommands, name) ? subcommands[name] : other;
}

/** Without a subcommand: its entry is the empty name. */
function bare(spec: Spec, call: Call): Ways {
  const entry = spec.subcommands?.[''];
  if (entry !== undefined) return judgeCall(entry, { ...call, words: [] });
  if (call.options.some(({ name }) => /^(?:--version|-v|-V|--help|-h)$/u.test(name)))
    return sameWays(call.state);
  return refuse('argument', `${call.name} by itself does nothing here.`, 'Say what it is to do.');
}

function judgeWords(spec: Spec, call: Call, { operands }: Parsed): void {
  judgeOptions(spec, call);
  for (const [at, word] of operands.entries())
    judgeWord(call, word, kindOfOperand(spec, at, operands.length) ?? none(call, word));
}

function judgeOptions(spec: Spec, call: Call): void {
  for (const { name, value } of call.options)
    if (value !== null) judgeWord(call, value, kindOfOption(spec, name));
}

function none(call: Call, word: Word): never {
  return refuse('argument', `${call.name} takes no ${quoted(word.source)}.`, 'Leave it out.');
}

function kindOfOperand({ operands, last }: Spec, at: number, count: number): Kind | undefined {
  if (last !== undefined && at === count - 1 && count > 1) return last;
  return typeof operands === 'string' || operands === undefined
    ? operands
    : (operands[at] ?? operands.at(-1));
}

/** Judges a word by what it names. */
export function judgeWord(
  { place, state }: Pick<Call, 'place' | 'state'>,
  word: Word,
  kind: Kind,
): void {
  const where = { place, folders: state.folders };
  if (kind === 'text') return;
  if (kind === 'tool') refuseToolWord(where, word);
  else if (kind === 'url') refuseAddress(word);
  else refusePath(where, word, kind);
}

const LOOPBACK =
  /^(?:https?:\/\/)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::\d{1,5})?(?:[/?#][^\s{}]*)?$/iu;
const LOOPBACK_LEAD =
  /^(?:https?:\/\/)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::\d{0,5}$|(?::\d{1,5})?[/?#][^\s{}]*$)/iu;

/** Only this machine answers, which in the box is the box. */
function refuseAddress(word: Word): void {
  const literal = literalOf(word);
  const fine = literal === null ? LOOPBACK_LEAD.test(leadOf(word)) : LOOPBACK.test(literal);
  if (!fine)
    refuse(
      'network',
      `${quoted(word.source)} is not on localhost, and there is no network but package registries.`,
      'Use npm, pip and the like for packages; ask http://localhost:PORT for your own server.',
    );
}
