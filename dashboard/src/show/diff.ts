/** A line of a diff: what it does, and its number on each side. */
export interface DiffLine {
  /** Its place among the lines of the whole diff. */
  readonly id: number;
  readonly kind: 'context' | 'added' | 'removed' | 'note';
  readonly text: string;
  readonly before: number | null;
  readonly after: number | null;
}

interface DiffHunk {
  readonly header: string;
  readonly lines: readonly DiffLine[];
}

export interface DiffFile {
  readonly path: string;
  /** Before a rename; null: the same. */
  readonly from: string | null;
  readonly hunks: readonly DiffHunk[];
  readonly added: number;
  readonly removed: number;
  /** What git says instead of lines: a binary file, a changed mode. */
  readonly notes: readonly string[];
}

interface Open {
  path: string;
  from: string | null;
  hunks: { header: string; lines: DiffLine[] }[];
  notes: string[];
}

interface Place {
  before: number;
  after: number;
  next: number;
}

/** Reads what `git diff` prints. Never throws: text that is no diff gives no files. */
export function parseDiff(text: string): readonly DiffFile[] {
  const files: Open[] = [];
  const place: Place = { before: 0, after: 0, next: 0 };
  for (const line of text.split('\n')) {
    const file = files.at(-1);
    if (line.startsWith('diff --git ')) files.push(openFile(line));
    else if (file !== undefined) take(line, file, place);
  }
  return files.map(closed);
}

function openFile(line: string): Open {
  const [, from = '', to = ''] = /^diff --git "?a\/(.*?)"? "?b\/(.*?)"?$/u.exec(line) ?? [];
  return {
    path: to === '' ? line.slice(11) : to,
    from: from === to ? null : from,
    hunks: [],
    notes: [],
  };
}

function take(line: string, file: Open, place: Place): void {
  const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/u.exec(line);
  if (hunk !== null) {
    place.before = Number(hunk[1]);
    place.after = Number(hunk[2]);
    file.hunks.push({ header: line, lines: [] });
    return;
  }
  const open = file.hunks.at(-1);
  if (open === undefined) takeHeader(line, file);
  else if (line !== '') open.lines.push(lineOf(line, place));
}

const SAID = /^(?:new file|deleted file|old mode|new mode|similarity|rename|Binary|GIT binary)/u;

function takeHeader(line: string, file: Open): void {
  if (SAID.test(line)) file.notes.push(line);
}

function lineOf(line: string, place: Place): DiffLine {
  const id = place.next++;
  const text = line.slice(1);
  if (line.startsWith('+')) return { id, kind: 'added', text, before: null, after: place.after++ };
  if (line.startsWith('-'))
    return { id, kind: 'removed', text, before: place.before++, after: null };
  if (line.startsWith(' '))
    return { id, kind: 'context', text, before: place.before++, after: place.after++ };
  return { id, kind: 'note', text: line, before: null, after: null };
}

function closed({ path, from, hunks, notes }: Open): DiffFile {
  const lines = hunks.flatMap((hunk) => hunk.lines);
  const count = (kind: DiffLine['kind']): number =>
    lines.filter((line) => line.kind === kind).length;
  return { path, from, hunks, notes, added: count('added'), removed: count('removed') };
}
