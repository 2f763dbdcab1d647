/** One thing that an agent said or did, as it is shown. */
export interface Spoken {
  readonly at: string;
  readonly kind: 'text' | 'tool' | 'result' | 'failed' | 'note' | 'end';
  /** Of a tool: its name. */
  readonly head: string | null;
  readonly text: string;
}

/**
 * Reads a line of a transcript. It holds what an agent wrote: nothing in it is believed, and what
 * has no known form is left out.
 */
export function spokenOf(line: unknown): Spoken | undefined {
  const at = textAt(line, 'at');
  const event = fieldOf(line, 'event');
  const read = READ.get(textAt(event, 'type'));
  return read === undefined ? undefined : { at, ...read(event) };
}

type Read = (event: unknown) => Omit<Spoken, 'at'>;

const READ: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['started', (event) => note(`started with ${textAt(event, 'model')}`)],
  ['text', (event) => ({ kind: 'text', head: null, text: textAt(event, 'text').trim() })],
  [
    'tool_started',
    (event) => ({
      kind: 'tool',
      head: textAt(event, 'name'),
      text: inputLine(textAt(event, 'input')),
    }),
  ],
  [
    'tool_ended',
    (event) => ({
      kind: fieldOf(event, 'failed') === true ? 'failed' : 'result',
      head: null,
      text: withoutClone(textAt(event, 'output').trim()),
    }),
  ],
  ['retry', (event) => note(`model call tried again: ${textAt(event, 'error')}`)],
  [
    'ended',
    (event) => {
      const end = fieldOf(event, 'end');
      const reason = textAt(end, 'reason');
      const text = `ended: ${textAt(end, 'status')}${reason === '' ? '' : `: ${reason}`}`;
      return { kind: 'end', head: null, text };
    },
  ],
]);

function note(text: string): Omit<Spoken, 'at'> {
  return { kind: 'note', head: null, text };
}

/** A command, a file's name or a report says more than the whole input; anything else stays as it is. */
function inputLine(input: string): string {
  const value = parsed(input);
  for (const name of ['command', 'file_path', 'path', 'pattern', 'url', 'text']) {
    const text = textAt(value, name);
    if (text !== '') return withoutClone(text);
  }
  return withoutClone(input);
}

/** Paths as the agent sees its project: where its clone lies tells a person nothing. */
function withoutClone(text: string): string {
  return text.replaceAll(/\/[^\s'"]*\/clones\/[\da-f-]{36}(?:\/|\b)/gu, '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the agent does now, in one line; null before it said anything. */
export function doing(lines: readonly Spoken[]): string | null {
  const last = lines.findLast(({ kind, text }) => kind !== 'result' && text !== '');
  if (last === undefined) return null;
  if (last.kind === 'end') return 'Its work is being checked';
  const [first = ''] = last.text.split('\n');
  return last.head === null ? first : `${last.head}: ${first}`;
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}

function textAt(value: unknown, name: string): string {
  const field = fieldOf(value, name);
  return typeof field === 'string' ? field : '';
}
