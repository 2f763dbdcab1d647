/** A command that is typed at the prompt. */
export interface SlashCommand {
  readonly name: SlashName;
  /** What may follow, for people. */
  readonly words: string;
  readonly does: string;
  /** What its first word names, for completion. */
  readonly names?: 'item' | 'question' | 'project';
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
    does: 'build something else; what is under way is stopped, and kept',
  },
  { name: 'resume', words: '[PROJECT]', does: 'go on where a run stopped', names: 'project' },
  { name: 'stop', words: '', does: 'end the run at its next step' },
  { name: 'status', words: '', does: 'where the run stands' },
  { name: 'agents', words: '', does: 'who is at work' },
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
    does: 'answer with no: the work is tried again with the reason',
    names: 'question',
  },
  {
    name: 'why',
    words: '[ITEM]',
    does: 'the one cause of the present wait or stop',
    names: 'item',
  },
  { name: 'cost', words: '', does: 'tokens and money' },
  { name: 'logs', words: '[ITEM]', does: 'what an agent says and does', names: 'item' },
  { name: 'projects', words: '', does: 'all projects' },
  { name: 'clear', words: '', does: 'an empty screen' },
  { name: 'help', words: '', does: 'this list' },
  { name: 'quit', words: '', does: 'leave; what is under way is stopped, and kept' },
  { name: 'exit', words: '', does: 'the same' },
] satisfies readonly SlashCommand[]);

/** What somebody handed in at the prompt. */
export type Typed =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'command'; readonly name: SlashName; readonly rest: string }
  | { readonly kind: 'unknown'; readonly word: string };

/** A slash begins a command; a slash before a path, or on a further line, is text. */
export function parseTyped(text: string): Typed {
  const whole = text.trim();
  if (whole === '') return { kind: 'nothing' };
  const [, word, rest = ''] = /^\/([a-z]*)(?:\s+([^]*))?$/iu.exec(whole) ?? [];
  if (word === undefined) return { kind: 'text', text: whole };
  const found = COMMANDS.find(({ name }) => name === word.toLowerCase());
  return found === undefined
    ? { kind: 'unknown', word: `/${word}` }
    : { kind: 'command', name: found.name, rest: rest.trim() };
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
      ({ name, words }) => `/${name}${words === '' ? '' : ' '}`,
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
  ];
}
