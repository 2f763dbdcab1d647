import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MUTATIONS } from './mutations.ts';
import { OPEN } from './open.ts';
import { judge } from './proofs.ts';
import { ROWS } from './rows.ts';
import { testsIn } from './tests-in.ts';

test('every promise is there once, R-001 to R-160', () => {
  const ids = Array.from({ length: 160 }, (_, at) => `R-${String(at + 1).padStart(3, '0')}`);
  expect(ROWS.map(({ id }) => id)).toEqual(ids);
});

test('every promise has proofs that are there and are run, or is open with a reason', () => {
  const broken = judge(ROWS).filter(({ state }) => state === 'broken');
  expect(broken.map(({ row, faults }) => ({ id: row.id, faults }))).toEqual([]);
});

test('what is open is a promise', () => {
  const ids = new Set(ROWS.map(({ id }) => id));
  expect(Object.keys(OPEN).filter((id) => !ids.has(id))).toEqual([]);
});

const [first] = ROWS;
const row = (proved: Readonly<Record<string, readonly string[]>>) =>
  judge([{ id: 'R-999', promise: 'p', check: 'c', proved }])[0]?.faults;

test('a promise without a proof is broken, and so is one whose proof is not there', () => {
  expect(row({})).toEqual(['nothing proves it']);
  expect(row({ 'test/nowhere.test.ts': ['x'] })).toEqual(['there is no test/nowhere.test.ts']);
  const file = 'test/requirements/manifest.test.ts';
  expect(row({ [file]: ['nobody wrote this'] })?.[0]).toMatch(/^no such test: /u);
  expect(row({ [file]: ['what is open is a promise'] })).toEqual([]);
  expect(first?.id).toBe('R-001');
});

test('a test is read as it stands: groups, tables, templates, what leaves it out', () => {
  const source = [
    "describe.skipIf(slow)('a group', () => {",
    "  test('one', () => {});",
    '  test.each(TABLE)(`two of ${name} and ${f(`x`)}`, { timeout: 3 }, () => {});',
    "  test.runIf(fast)('three', () => {});",
    "  test.skip('four', () => {});",
    '});',
    "check('five');",
  ].join('\n');
  const told = testsIn(source).map(({ title, off, unless }) => [title, off, unless.join()]);
  expect(told).toEqual([
    ['a group', false, 'slow'],
    ['one', false, 'slow'],
    ['two of ${} and ${}', false, 'slow'],
    ['three', false, 'slow,!(fast)'],
    ['four', true, 'slow'],
  ]);
});

test('every way to break a promise can be gone, and names one of its proofs', () => {
  for (const { row: id, file, text, test: proof, title } of MUTATIONS) {
    const { proved } = ROWS.find((one) => one.id === id) ?? {};
    expect([id, proved?.[proof]?.includes(title)]).toEqual([id, true]);
    const times =
      readFileSync(join(import.meta.dirname, '../..', file), 'utf8').split(text).length - 1;
    expect([id, file, times]).toEqual([id, file, 1]);
  }
  expect(MUTATIONS.length).toBeGreaterThan(40);
});

/** The table as it is printed. */
function print(...words: readonly string[]) {
  return spawnSync(process.execPath, [join(import.meta.dirname, 'print.ts'), ...words], {
    encoding: 'utf8',
  });
}

test('the table has every promise, and --strict wants every proof', { timeout: 60_000 }, () => {
  const { status, stdout } = print();
  expect(status).toBe(0);
  expect(stdout.match(/^R-\d{3} /gmu)).toHaveLength(ROWS.length);
  const [, open, broken, passed] = (
    / (\d+) open, (\d+) broken; of (\d+) all proofs passed/u.exec(stdout) ?? []
  ).map(Number);
  expect(open).toBe(Object.keys(OPEN).length);
  expect(broken).toBe(0);
  const whole = open === 0 && passed === ROWS.length;
  expect(print('--strict').status).toBe(whole ? 0 : 1);
});
