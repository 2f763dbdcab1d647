import { posix } from 'node:path';
import { quoted, refuse } from './verdict.ts';
import { gapsOf, leadOf, valuesOf, type Word } from './word.ts';

/** Where a command line is judged for. */
export interface Place {
  /** The project's folder as the session has it: absolute, links resolved. */
  readonly workspace: string;
  /** Folder the shell stands in. */
  readonly cwd: string;
  /** Folders anybody may write in besides. */
  readonly scratch: readonly string[];
  /** Folders of the toolchain: may be read, and programs in their `bin` run. */
  readonly readable: readonly string[];
  /** Whether a path below the workspace belongs to git, to the harness or to people. */
  readonly protects: (below: string) => boolean;
  /** Where an absolute path really leads, links followed as far as it exists. */
  readonly realOf: (path: string) => string;
}

/** A place, and where in it the shell may stand; null: anywhere. */
export interface Where {
  readonly place: Place;
  readonly folders: readonly string[] | null;
}

/** What is done at a path; `inside`: to what lies below it. */
export type Touch = 'read' | 'write' | 'remove' | 'inside';

const DEVICES: ReadonlySet<string> = new Set([
  '/dev/null',
  '/dev/stdin',
  '/dev/stdout',
  '/dev/stderr',
  '/dev/fd/0',
  '/dev/fd/1',
  '/dev/fd/2',
]);
/** Endless, and only to be read. */
const SOURCES: ReadonlySet<string> = new Set(['/dev/zero', '/dev/urandom', '/dev/random']);

/** A word as the path it may be: its known beginning is enough where the rest can't climb. */
export function refusePath(where: Where, word: Word, touch: Touch): void {
  const values = valuesOf(word);
  if (values !== null) {
    for (const value of values) refuseText(where, value, touch);
    return;
  }
  refuseClimb(word);
  const lead = leadOf(word);
  if (touch === 'remove') refuseVague(word, lead);
  const known = lead.slice(0, lead.lastIndexOf('/') + 1);
  if (lead.startsWith('/') && known === '/') outside(word.source, touch);
  if (known !== '') refuseText(where, known, touch === 'remove' ? 'write' : touch);
  else if (lead.startsWith('~')) outside(word.source, touch);
}

/** After a gap no `..` may follow, nor may a gap complete one. */
function refuseClimb(word: Word): void {
  const [first, ...rest] = word.pieces;
  const climbs = rest.some((piece) => piece.kind === 'text' && CLIMB.test(piece.text));
  if (climbs || (first?.kind === 'text' && /(?:^|\/)\.\.$/u.test(first.text)))
    refuse('path', `${quoted(word.source)} may lead anywhere.`, 'Name the path.');
}

const CLIMB = /(?:^|\/)\.\.(?:\/|$)/u;

/** What is removed must be known: a folder by name, files by a pattern inside of one. */
function refuseVague(word: Word, lead: string): void {
  const onlyFiles = gapsOf(word).every((gap) => gap.from === 'files' || gap.from === 'number');
  const bare = word.source.replaceAll(/[*?./]/gu, '') === '';
  if (!onlyFiles || bare || /(?:^|\/)\.$/u.test(lead))
    refuse(
      'path',
      `What ${quoted(word.source)} removes is not known beforehand.`,
      'Name the files or folders, or a pattern such as dist/*.js.',
    );
}

/** Refuses a path that leads where it may not. */
export function refuseText(where: Where, text: string, touch: Touch): void {
  if (text === '' || text === '-' || isDevice(text, touch)) return;
  if (text.startsWith('~')) outside(text, touch);
  if (text.startsWith('/')) refuseAbsolute(where.place, text, touch);
  else if (where.folders === null) refuseLost(text, touch);
  else for (const folder of where.folders) refuseAbsolute(where.place, `${folder}/${text}`, touch);
}

function isDevice(text: string, touch: Touch): boolean {
  return (DEVICES.has(text) && touch !== 'remove') || (SOURCES.has(text) && touch === 'read');
}

/** Where the shell is, is not known. */
function refuseLost(text: string, touch: Touch): void {
  if (touch === 'remove' || text.split('/').includes('..'))
    refuse('path', `Where ${quoted(text)} is, is not known after cd.`, 'Give cd a known folder.');
}

function refuseAbsolute(place: Place, path: string, touch: Touch): void {
  const real = realPath(place, path);
  if (touch === 'read' && within([...place.readable, ...place.scratch, place.workspace], real))
    return;
  if (touch !== 'read' && !within([place.workspace, ...place.scratch], real)) outside(path, touch);
  if (touch === 'read') outside(path, touch);
  if (touch === 'inside' && !within([place.workspace], real)) outside(path, touch);
  refuseProtected(place, real, path);
  if (touch === 'remove' && [place.workspace, ...place.scratch].includes(real))
    refuse('path', `${quoted(path)} is a whole root.`, 'Remove what you made, by name.');
}

function refuseProtected(place: Place, real: string, path: string): void {
  if (!within([place.workspace], real) || real === place.workspace) return;
  if (place.protects(posix.relative(place.workspace, real)))
    refuse(
      'path',
      `${quoted(path)} belongs to git or to people.`,
      'Use git commands, or leave it.',
    );
}

/** Step by step, as the kernel does: `..` leaves the folder that a link leads to. */
function realPath(place: Place, path: string): string {
  if (!path.split('/').includes('..')) return place.realOf(posix.normalize(path));
  let at = '/';
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    at = part === '..' ? posix.dirname(at) : place.realOf(posix.join(at, part));
  }
  return at;
}

/** Whether the path is one of these folders or lies below one; both normal and absolute. */
export function within(roots: readonly string[], path: string): boolean {
  const clean = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  return roots.some((root) => clean === root || clean.startsWith(root === '/' ? root : `${root}/`));
}

function outside(path: string, touch: Touch): never {
  return refuse(
    'path',
    `${quoted(path)} lies outside what may be ${touch === 'read' ? 'read' : 'written'}.`,
    'Work inside the project folder, or in /tmp.',
  );
}

/** Where a path leads from one folder, for those who compare it. */
export function resolved(place: Place, folder: string, text: string): string {
  const real = realPath(place, text.startsWith('/') ? text : `${folder}/${text}`);
  return real.length > 1 && real.endsWith('/') ? real.slice(0, -1) : real;
}
