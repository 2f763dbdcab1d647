import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseDiff } from '../../dashboard/src/show/diff.ts';

/** What git itself prints between two states of a folder. */
function diffOf(before: Record<string, string | Buffer>, after: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'diff-'));
  const git = (...words: string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {
      encoding: 'utf8',
    });
  try {
    git('init', '-q');
    for (const [name, text] of Object.entries(before)) writeFileSync(join(folder, name), text);
    git('add', '-A');
    git('commit', '-q', '--allow-empty', '-m', 'before');
    for (const name of Object.keys(before)) rmSync(join(folder, name));
    for (const [name, text] of Object.entries(after)) writeFileSync(join(folder, name), text);
    git('add', '-A');
    return git('diff', '--cached', '-M');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('files, lines and their numbers are read as git means them', () => {
  const text = diffOf(
    { 'a.txt': 'one\ntwo\n\nthree\n', 'old name.txt': 'x\n'.repeat(30) },
    { 'a.txt': 'one\n2\n\nthree\nfour', 'new name.txt': 'x\n'.repeat(30), 'b.txt': '++ a\n-- b\n' },
  );
  const files = parseDiff(text);
  expect(files.map(({ path, from, added, removed }) => [path, from, added, removed])).toEqual([
    ['a.txt', null, 2, 1],
    ['b.txt', null, 2, 0],
    ['new name.txt', 'old name.txt', 0, 0],
  ]);
  const lines = files[0]?.hunks[0]?.lines.map(({ kind, text: shown, before, after }) => [
    kind,
    shown,
    before,
    after,
  ]);
  expect(lines).toEqual([
    ['context', 'one', 1, 1],
    ['removed', 'two', 2, null],
    ['added', '2', null, 2],
    ['context', '', 3, 3],
    ['context', 'three', 4, 4],
    ['added', 'four', null, 5],
    ['note', '\\ No newline at end of file', null, null],
  ]);
  expect(files[1]?.hunks[0]?.lines.map((line) => line.text)).toEqual(['++ a', '-- b']);
});

test('every line has a number of its own', () => {
  const lines = parseDiff(diffOf({ a: '1\n', b: '1\n' }, { a: '2\n', b: '2\n' }))
    .flatMap(({ hunks }) => hunks)
    .flatMap((hunk) => hunk.lines.map(({ id }) => id));
  expect(new Set(lines).size).toBe(lines.length);
});

test('a binary file has a note instead of lines', () => {
  const [file] = parseDiff(diffOf({ p: Buffer.from([0, 1, 2]) }, { p: 'text\n' }));
  expect(file?.hunks).toEqual([]);
  expect(file?.notes.join()).toContain('Binary files');
});

test('text that is no diff gives no files', () => {
  expect(parseDiff('')).toEqual([]);
  expect(parseDiff('@@ -1 +1 @@\n+hello')).toEqual([]);
});
