import type { GivenOption, Kind, Spec } from './spec.ts';
import { quoted, refuse } from './verdict.ts';
import { dropLead, gapsOf, leadOf, literalOf, staysOperand, type Word } from './word.ts';

interface Known {
  readonly value: 'none' | 'wanted' | 'attached';
  readonly kind: Kind;
}

/** The words of a call after its name, told apart. */
export interface Parsed {
  readonly options: readonly GivenOption[];
  readonly operands: readonly Word[];
}

type Table = ReadonlyMap<string, Known>;

const KINDS: ReadonlySet<string> = new Set<Kind>([
  'text',
  'read',
  'write',
  'remove',
  'tool',
  'inside',
  'url',
]);

/** Reads the options of a table; done anew for each call, since only a few words are in each. */
function tableOf(options: string): Table {
  const entries = options.split(/\s+/u).filter((one) => one !== '');
  return new Map(entries.map(entryOf));
}

function entryOf(entry: string): [string, Known] {
  const at = entry.indexOf('=');
  if (at < 0) return [entry, { value: 'none', kind: 'text' }];
  const rest = entry.slice(at + 1);
  const attached = rest.startsWith('?');
  const kind = attached ? rest.slice(1) : rest;
  return [
    entry.slice(0, at),
    { value: attached ? 'attached' : 'wanted', kind: isKind(kind) ? kind : 'text' },
  ];
}

function isKind(text: string): text is Kind {
  return KINDS.has(text);
}

/** Sorts a command's words into options and operands. Refuses options that are not on its list. */
export function parseOptions(name: string, spec: Spec, words: readonly Word[]): Parsed {
  const reader: Reader = {
    name,
    spec,
    table: tableOf(spec.options ?? ''),
    refused: new Set(typeof spec.loose === 'object' ? spec.loose.but.split(' ') : []),
    queue: [...words],
    options: [],
    operands: [],
  };
  while (reader.queue.length > 0) {
    const word = reader.queue.shift();
    if (word === undefined || readNext(reader, word)) break;
  }
  return { options: reader.options, operands: [...reader.operands, ...reader.queue] };
}

interface Reader {
  readonly name: string;
  readonly spec: Spec;
  readonly table: Table;
  readonly refused: ReadonlySet<string>;
  readonly queue: Word[];
  readonly options: GivenOption[];
  readonly operands: Word[];
}

/** True: all that is left are operands. */
function readNext(reader: Reader, word: Word): boolean {
  const { spec, operands } = reader;
  const literal = literalOf(word);
  if (literal === '--') return true;
  const lead = leadOf(word);
  if (lead.startsWith('-') && literal !== '-') {
    readOption(reader, word, lead);
    return false;
  }
  if (spec.guarded === true && !staysOperand(word) && literal !== '-') refuseUnknown(word);
  operands.push(word);
  return spec.posix === true;
}

function readOption(reader: Reader, word: Word, lead: string): void {
  if (reader.spec.loose !== undefined) readLoose(reader, word, lead);
  else if (readExact(reader, word, lead)) return;
  else if (!lead.startsWith('--')) readCluster(reader, word, lead);
  else refuseOption(reader, lead.split('=', 1)[0] ?? lead);
}

/** Any option, but for those the table names; what follows it may be its value or not. */
function readLoose(reader: Reader, word: Word, lead: string): void {
  const option = lead.split('=', 1)[0] ?? lead;
  if (reader.refused.has(option)) refuseOption(reader, option);
  const known = reader.table.get(option);
  if (known?.value === 'wanted' && !lead.includes('=')) {
    reader.options.push({ name: option, value: valueAfter(reader, option) });
    return;
  }
  reader.options.push({ name: option, value: attachedValue(word, lead) });
}

/** `--name=value`, or `-I/usr/include`; null: none. */
function attachedValue(word: Word, lead: string): Word | null {
  const at = lead.indexOf('=');
  if (at >= 0) return dropLead(word, at + 1);
  const short = /^-[a-z][/~.]/iu.test(lead) || literalOf(word) !== lead;
  return short ? dropLead(word, 2) : null;
}

/** `--name`, `--name=value`, `-name`, and a number by itself. */
function readExact(reader: Reader, word: Word, lead: string): boolean {
  const { table, options } = reader;
  const [option = lead] = lead.split('=', 1);
  const known = /^-\d+$/u.test(lead) ? table.get('-#') : table.get(option);
  if (known === undefined) return false;
  if (lead.includes('=')) {
    if (!option.startsWith('--') || known.value === 'none') return false;
    options.push({ name: option, value: dropLead(word, option.length + 1) });
    return true;
  }
  if (literalOf(word) === null) return false;
  const value = known.value === 'wanted' ? valueAfter(reader, option) : null;
  options.push({ name: option, value });
  return true;
}

/** `-la`, `-n20`, `-n 20`. */
function readCluster(reader: Reader, word: Word, lead: string): void {
  for (let at = 1; at < lead.length; at += 1) {
    const option = `-${lead[at]}`;
    const known = reader.table.get(option);
    if (known === undefined) refuseOption(reader, option === '--' ? lead : option, lead);
    if (known.value !== 'none') {
      const attached = at + 1 < lead.length || literalOf(word) !== lead;
      const value = attached ? dropLead(word, at + 1) : null;
      const wanted = known.value === 'wanted' && value === null;
      reader.options.push({ name: option, value: wanted ? valueAfter(reader, option) : value });
      return;
    }
    reader.options.push({ name: option, value: null });
  }
  if (literalOf(word) !== lead) refuseUnknown(word);
}

function valueAfter({ queue, name, spec }: Reader, option: string): Word {
  const value = queue.shift();
  if (value === undefined)
    return refuse('option', `${name} ${option} lacks its value.`, 'Give it, or leave the option.');
  // What may become several words may become more options.
  if (spec.guarded === true && gapsOf(value).some((gap) => gap.splits) && !staysOperand(value))
    refuseUnknown(value);
  return value;
}

function refuseUnknown(word: Word): never {
  return refuse(
    'argument',
    `${quoted(word.source)} may become an option.`,
    'Quote it, and begin it with what is known, such as ./ or a folder.',
  );
}

function refuseOption({ name, spec }: Reader, option: string, whole = option): never {
  const known = (spec.options ?? '').split(/\s+/u).filter((one) => one.startsWith('-'));
  const some = known.slice(0, 12).map((one) => one.split('=', 1)[0]);
  const list = some.length === 0 ? 'none' : some.join(' ');
  return refuse(
    'option',
    `${name} ${option === whole ? option : `${option} (in ${whole})`} is not among the allowed options.`,
    `Allowed are ${list}${known.length > some.length ? ' and others' : ''}; do it in another way.`,
  );
}

/** What the value of an option is. */
export function kindOfOption(spec: Spec, name: string): Kind {
  const known = tableOf(spec.options ?? '').get(name);
  return known?.kind ?? (spec.loose === undefined ? 'text' : 'tool');
}
