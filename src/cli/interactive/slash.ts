/** A command that is typed at the prompt. */
export interface SlashCommand {
  readonly name: SlashName;
  /** What may follow, for people. */
  readonly words: string;
  readonly does: string;
  /** What its first word names, for completion. */
  readonly names?: 'item' | 'question' | 'project';
  /** What may follow: one word unless said otherwise; `text` may have several lines. */
  readonly takes?: 'nothing' | 'now' | 'word' | 'place' | 'text';
}

export type SlashName =
  | 'new'
  | 'resume'
  | 'stop'
  | 'status'
  | 'agents'
  | 'items'
  | 'view'
  | 'approve'
  | 'edit'
  | 'reject'
  | 'why'
  | 'cost'
  | 'logs'
  | 'projects'
  | 'clear'
  | 'help'
  | 'quit'
  | 'exit';

/** In the order in which help lists them. */
export const COMMANDS: readonly SlashCommand[] = Object.freeze([
  {
    name: 'new',
    words: '[IDEA]',
    takes: 'text',
    does: 'build something else; what is under way is stopped, and kept',
  },
  {
    name: 'resume',
    words: '[PROJECT]',
    does: 'go on where a run stopped',
    names: 'project',
    takes: 'place',
  },
  {
    name: 'stop',
    words: '[--now]',
    does: 'end the run at its next step, or at once',
    takes: 'now',
  },
  { name: 'status', words: '', does: 'where the run stands', takes: 'nothing' },
  { name: 'agents', words: '', does: 'who is at work', takes: 'nothing' },
  { name: 'items', words: '[ITEM]', does: 'work items, or one of them', names: 'item' },
  { name: 'view', words: '[NAME]', does: 'read what waits for your answer', names: 'question' },
  { name: 'approve', words: '[NAME]', does: 'answer with yes', names: 'question' },
  {
    name: 'edit',
    words: '[NAME]',
    does: 'change the document in your editor, then approve it',
    names: 'question',
  },
  {
    name: 'reject',
    words: '[NAME] REASON',
    takes: 'text',
    does: 'answer with no: the work is tried again with the reason',
    names: 'question',
  },
  {
    name: 'why',
    words: '[ITEM]',
    does: 'the one cause of the present wait or stop',
    names: 'item',
  },
  { name: 'cost', words: '', does: 'tokens and money', takes: 'nothing' },
  { name: 'logs', words: '[ITEM]', does: 'what an agent says and does', names: 'item' },
  { name: 'projects', words: '', does: 'all projects', takes: 'nothing' },
  { name: 'clear', words: '', does: 'an empty screen', takes: 'nothing' },
  { name: 'help', words: '', does: 'this list', takes: 'nothing' },
  {
    name: 'quit',
    words: '',
    does: 'leave; what is under way is stopped, and kept',
    takes: 'nothing',
  },
  { name: 'exit', words: '', does: 'the same', takes: 'nothing' },
] satisfies readonly SlashCommand[]);

/** What somebody handed in at the prompt. */
export type Typed =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'command'; readonly name: SlashName; readonly rest: string }
  | { readonly kind: 'unknown'; readonly word: string }
  | { readonly kind: 'refused'; readonly because: string };

/** A slash begins a command; before a path it is text, and in several lines unless they are the command's own. */
export function parseTyped(text: string): Typed {
  const whole = text.trim();
  if (whole === '') return { kind: 'nothing' };
  const [, word, rest = ''] = /^\/([a-z]*)(?:\s+([^]*))?$/iu.exec(whole) ?? [];
  if (word === undefined) return { kind: 'text', text: whole };
  const found = COMMANDS.find(({ name }) => name === word.toLowerCase());
  if (whole.includes('\n') && found?.takes !== 'text') return { kind: 'text', text: whole };
  if (found === undefined) return { kind: 'unknown', word: `/${word}` };
  const given = rest.trim();
  return isTaken(found, given)
    ? { kind: 'command', name: found.name, rest: given }
    : { kind: 'refused', because: refusal(found, given) };
}

const TAKES: Readonly<Record<NonNullable<SlashCommand['takes']>, RegExp>> = {
  nothing: /^$/u,
  now: /^(?:--now)?$/u,
  word: /^(?:[^\s-]\S*)?$/u,
  place: /^(?:[^-][^]*)?$/u,
  text: /^[^]*$/u,
};

function isTaken({ takes = 'word' }: SlashCommand, rest: string): boolean {
  return TAKES[takes].test(rest);
}

function refusal({ name, words }: SlashCommand, rest: string): string {
  const taken = words === '' ? 'takes nothing more' : `takes ${words}`;
  return `/${name} ${taken}, not ${rest}`;
}

/** Whether the prompt takes a command with just these words. */
export function isTakenHere(name: string, rest: string): boolean {
  const found = COMMANDS.find((one) => one.name === name);
  return found !== undefined && isTaken(found, rest);
}

/** Words that complete what stands before the cursor. */
export interface Known {
  readonly items: readonly string[];
  readonly questions: readonly string[];
  readonly projects: readonly string[];
}

/** What may stand there, each the whole line; in the order in which they are offered. */
export function completions(text: string, known: Known): readonly string[] {
  if (!text.startsWith('/') || text.includes('\n')) return [];
  const [, word = '', gap, begun = ''] = /^\/([a-z]*)(\s+)?(\S*)$/iu.exec(text) ?? [];
  if (gap === undefined)
    return COMMANDS.filter(({ name }) => name.startsWith(word.toLowerCase())).map(
      ({ name, words }) => `/${name}${words === '' || words.startsWith('[-') ? '' : ' '}`,
    );
  const names = COMMANDS.find(({ name }) => name === word)?.names;
  if (names === undefined) return [];
  return known[`${names}s`]
    .filter((one) => one.toLowerCase().startsWith(begun.toLowerCase()))
    .map((one) => `/${word} ${one} `);
}

/** The longest beginning that all of them share; the text itself when there is nothing to add. */
export function completed(text: string, offers: readonly string[]): string {
  const [first] = offers;
  if (first === undefined) return text;
  let end = first.length;
  for (const offer of offers) while (!offer.startsWith(first.slice(0, end))) end -= 1;
  return end > text.length || offers.length === 1 ? first.slice(0, end) : text;
}

/** The lines of `/help`. */
export function helpLines(): readonly string[] {
  const wide = Math.max(...COMMANDS.map(({ name, words }) => name.length + words.length));
  return [
    ...COMMANDS.map(({ name, words, does }) => `/${`${name} ${words}`.padEnd(wide + 1)}  ${does}`),
    '',
    'Enter on an empty line goes on; Esc or Ctrl+C interrupts and keeps the work; Ctrl+C twice leaves.',
    'Tab completes, or shows the next agent; PgUp and PgDn scroll; Alt+Enter begins a line; Ctrl+G opens your editor.',
    'Ctrl+U takes a line back, and pressed again the one before it.',
  ];
}
