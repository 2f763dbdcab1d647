/** A place in a sed script. */
interface Cursor {
  readonly text: string;
  at: number;
}

/** What follows each command. */
const READERS: readonly {
  readonly commands: ReadonlySet<string>;
  readonly read: (cursor: Cursor) => string | null;
}[] = [
  { commands: new Set('=dDgGhHnNpPxzF'), read: ended },
  { commands: new Set('qQlL'), read: numbered },
  { commands: new Set(':btT'), read: label },
  { commands: new Set('aic'), read: written },
  { commands: new Set('#'), read: skipLine },
  { commands: new Set('s'), read: substitute },
  { commands: new Set('y'), read: transliterate },
];

/**
 * Why a sed script may not run: it would run a command (`e`), read or write a file (`r R w W`), or
 * is not understood. Null: it only changes text. Reads as GNU sed does.
 */
export function readSedScript(text: string): string | null {
  const cursor: Cursor = { text, at: 0 };
  while (cursor.at < text.length) {
    skip(cursor, /[\s;{}]/u);
    if (cursor.at >= text.length) break;
    const fault = readCommand(cursor);
    if (fault !== null) return fault;
  }
  return null;
}

function readCommand(cursor: Cursor): string | null {
  if (!readAddresses(cursor)) return 'an address is not understood';
  skip(cursor, /[\s!]/u);
  const command = next(cursor);
  if (command === '' || command === '{' || command === '}') return null;
  const reader = READERS.find(({ commands }) => commands.has(command));
  return reader === undefined ? `${command} is not allowed` : reader.read(cursor);
}

/** Nothing, one address, or two. */
function readAddresses(cursor: Cursor): boolean {
  if (!readAddress(cursor)) return false;
  skip(cursor, /\s/u);
  if (peek(cursor) !== ',') return true;
  cursor.at += 1;
  skip(cursor, /[\s+~]/u);
  return readAddress(cursor);
}

function readAddress(cursor: Cursor): boolean {
  const first = peek(cursor);
  if (/[\d$]/u.test(first)) {
    skip(cursor, /[\d$~]/u);
    return true;
  }
  if (first !== '/' && first !== '\\') return true;
  cursor.at += 1;
  const delimiter = first === '/' ? '/' : next(cursor);
  if (delimiter === '' || delimiter === '\n' || !readUntil(cursor, delimiter)) return false;
  skip(cursor, /[IM]/u);
  return true;
}

function substitute(cursor: Cursor): string | null {
  if (!readParts(cursor)) return 's lacks its end';
  skip(cursor, /[gpiIm\dM]/u);
  const flag = peek(cursor);
  return flag === 'e' || flag === 'w' ? `s///${flag} is not allowed` : ended(cursor);
}

function numbered(cursor: Cursor): string | null {
  skip(cursor, /[\s\d]/u);
  return ended(cursor);
}

function transliterate(cursor: Cursor): string | null {
  return readParts(cursor) ? ended(cursor) : 'y lacks its end';
}

/** `/one/two/` with any delimiter. */
function readParts(cursor: Cursor): boolean {
  const delimiter = next(cursor);
  if (delimiter === '' || delimiter === '\n' || delimiter === '\\') return false;
  return readUntil(cursor, delimiter) && readUntil(cursor, delimiter);
}

function readUntil(cursor: Cursor, delimiter: string): boolean {
  for (;;) {
    const character = next(cursor);
    if (character === '') return false;
    if (character === delimiter) return true;
    if (character === '\\') cursor.at += 1;
  }
}

/** After a command nothing but the next one may follow. */
function ended(cursor: Cursor): string | null {
  skip(cursor, /[ \t]/u);
  const after = peek(cursor);
  if (after === '' || /[;\n}#]/u.test(after)) return null;
  return `${after} after a command is not understood`;
}

function label(cursor: Cursor): string | null {
  skip(cursor, /[ \t\w-]/u);
  return ended(cursor);
}

/** Text up to the end of its line; a backslash takes the next line with it. */
function written(cursor: Cursor): string | null {
  for (;;) {
    const character = next(cursor);
    if (character === '' || character === '\n') return null;
    if (character === '\\') cursor.at += 1;
  }
}

function skipLine(cursor: Cursor): null {
  skip(cursor, /[^\n]/u);
  return null;
}

function skip(cursor: Cursor, what: RegExp): void {
  while (cursor.at < cursor.text.length && what.test(peek(cursor))) cursor.at += 1;
}

function peek({ text, at }: Cursor): string {
  return text[at] ?? '';
}

function next(cursor: Cursor): string {
  const character = peek(cursor);
  cursor.at += 1;
  return character;
}
