import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openJsonTracker } from '../../../src/adapters/trackers/json.ts';
import { newItem } from '../../contracts/tracker-given.ts';
import { trackerContract } from '../../contracts/tracker.ts';
import { raceOf } from './race.ts';

trackerContract('the JSON tracker', async () => {
  const home = await mkdtemp(join(tmpdir(), 'harness-tracker-'));
  const place = join(home, '.work_items.json');
  const tracker = openJsonTracker({ file: place, project: 'Shop' });
  return {
    tracker,
    again: async () => openJsonTracker({ file: place, project: 'Shop' }),
    race: (key, processes) => raceOf({ store: 'json', place, projectId: '', key, processes }),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true }),
  };
});

let folder: string;
let file: string;
const fixed = (): Date => new Date('2026-01-02T03:04:05.678Z');
const open = () => openJsonTracker({ file, project: 'Shop', now: fixed });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harness-tracker-'));
  file = join(folder, '.work_items.json');
});
afterEach(() => rm(folder, { recursive: true }));

describe('the file', () => {
  test('reads well, and nothing else is left beside it', async () => {
    const tracker = open();
    await tracker.create([newItem({ key: 'A-1', dependencies: ['B'], labels: ['ui'] })]);
    await tracker.comment('A-1', { id: 'c1', author: 'agent', text: 'Began.' });
    expect(await readFile(file, 'utf8')).toMatchInlineSnapshot(`
      "{
        "version": 1,
        "project": "Shop",
        "work_items": [
          {
            "key": "A-1",
            "title": "Title of A-1",
            "description": "What is to be done",
            "status": "todo",
            "priority": 3,
            "dependencies": [
              "B"
            ],
            "labels": [
              "ui"
            ],
            "parent": null,
            "cancelled": false,
            "owner": null,
            "fence": 0,
            "created_at": "2026-01-02T03:04:05.678Z",
            "updated_at": "2026-01-02T03:04:05.678Z"
          }
        ],
        "comments": {
          "A-1": [
            {
              "id": "c1",
              "author": "agent",
              "text": "Began.",
              "at": "2026-01-02T03:04:05.678Z"
            }
          ]
        }
      }
      "
    `);
    expect(await readdir(folder)).toEqual(['.work_items.json']);
  });

  test('is not made by reading', async () => {
    expect(await open().list()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('is not written when nothing changes', async () => {
    const tracker = open();
    await tracker.create([newItem({ key: 'A' })]);
    const before = await stat(file, { bigint: true });
    await tracker.create([newItem({ key: 'A' })]);
    await tracker.claim('A', 'o');
    const claimed = await stat(file, { bigint: true });
    await tracker.claim('A', 'o');
    const after = await stat(file, { bigint: true });
    expect(claimed.ino).not.toBe(before.ino);
    expect(after.ino).toBe(claimed.ino);
  });

  test('keeps what people added to it, and its mode', async () => {
    const mine = {
      note: 'mine',
      version: 1,
      project: { any: 'thing' },
      work_items: [{ key: 'A', title: 'By hand', estimate: 3 }],
      comments: {
        A: [{ id: '1', author: 'me', text: 'hi', at: '2026-01-01T00:00:00+02:00', mood: 'good' }],
      },
    };
    await writeFile(file, JSON.stringify(mine), { mode: 0o600 });
    const tracker = open();
    await tracker.claim('A', 'o');
    await tracker.comment('A', { id: '2', author: 'agent', text: 'ho' });
    const after: unknown = JSON.parse(await readFile(file, 'utf8'));
    expect(after).toMatchObject({
      note: 'mine',
      project: { any: 'thing' },
      work_items: [{ key: 'A', estimate: 3, priority: 3, status: 'in_progress', fence: 1 }],
      comments: { A: [{ id: '1', mood: 'good' }, { id: '2' }] },
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('a person who edits it between two calls is heard', async () => {
    const tracker = open();
    await tracker.create([newItem({ key: 'A' })]);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('Title of A', 'Better title'));
    expect((await tracker.get('A')).title).toBe('Better title');
    await tracker.claim('A', 'o');
    expect((await tracker.get('A')).title).toBe('Better title');
  });
});

describe('a damaged file is refused and stays as it is', () => {
  const item = '{"key":"A","title":"t"}';
  const cases: [name: string, text: string | Uint8Array, place: RegExp][] = [
    ['empty', '', /\.json:1:1: /],
    ['cut off', '{\n  "version": 1,\n  "work_items": [', /\.json:3:18: /],
    ['a comma too many', '{\n  "version": 1,\n}', /\.json:3:1: /],
    ['a bare word', '{"version": 1, "project": hunter2}', /\.json:1:27: /],
    ['a merge conflict', '{"version": 1,\n<<<<<<< ours\n', /\.json:2:1: /],
    ['two commas', '{"version": 1, "work_items": [\n,,]}', /\.json:2:1: /],
    ['another version', '{"version": 2, "work_items": []}', /version/],
    ['no version', '{"work_items": []}', /version/],
    ['a list', '[]', /the whole/],
    ['null', 'null', /the whole/],
    ['items that are no list', '{"version": 1, "work_items": {}}', /work_items/],
    [
      'an item without title',
      '{"version": 1, "work_items": [{"key":"A"}]}',
      /work_items\.0\.title/,
    ],
    [
      'an unknown status',
      '{"version": 1, "work_items": [{"key":"A","title":"t","status":"doing"}]}',
      /work_items\.0\.status/,
    ],
    ['a key twice', `{"version": 1, "work_items": [${item},${item}]}`, /twice/],
    ['comments that are a list', '{"version": 1, "work_items": [], "comments": []}', /comments/],
    ['bytes that are no text', new Uint8Array([0x7b, 0xff, 0x7d]), /UTF-8/],
  ];
  test.each(cases)('%s', async (...[, content, place]) => {
    await writeFile(file, content);
    const tracker = open();
    for (const call of [
      () => tracker.list(),
      () => tracker.create([newItem({ key: 'N' })]),
      () => tracker.claim('A', 'o'),
    ]) {
      const error: unknown = await call().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'TRACKER_DAMAGED', exit: 2 });
      expect(error).toMatchObject({ message: expect.stringMatching(place) });
      expect(error).toMatchObject({ message: expect.stringContaining(file) });
      expect(String(error)).not.toContain('hunter2');
    }
    expect(await readFile(file)).toEqual(Buffer.from(content));
    expect(await readdir(folder)).toEqual(['.work_items.json']);
  });

  test('a folder in its place', async () => {
    await mkdir(file);
    await expect(open().create([newItem({ key: 'A' })])).rejects.toThrow('not a regular file');
    expect((await stat(file)).isDirectory()).toBe(true);
  });

  test('a link in its place, even to a good file', async () => {
    const secret = join(folder, 'elsewhere.json');
    await writeFile(secret, '{"version":1,"work_items":[]}');
    await symlink(secret, file);
    const code = 'TRACKER_DAMAGED';
    await expect(open().create([newItem({ key: 'A' })])).rejects.toMatchObject({ code });
    expect(await readFile(secret, 'utf8')).toBe('{"version":1,"work_items":[]}');
  });

  test('a file that may not be read', async (context) => {
    if (process.getuid?.() === 0) context.skip('root may read everything');
    await writeFile(file, '{}');
    await chmod(file, 0);
    await expect(open().list()).rejects.toMatchObject({ code: 'TRACKER_DAMAGED', exit: 2 });
  });

  test('a folder that does not exist', async () => {
    const tracker = openJsonTracker({ file: join(folder, 'gone', 'x.json'), project: 'x' });
    const code = 'TRACKER_DAMAGED';
    await expect(tracker.create([newItem({ key: 'A' })])).rejects.toMatchObject({ code });
  });
});

describe('a process that was killed', () => {
  test('its lock is taken over once it is stale', async () => {
    await mkdir(`${file}.lock`);
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(`${file}.lock`, longAgo, longAgo);
    await open().create([newItem({ key: 'A' })]);
    expect(await readdir(folder)).toEqual(['.work_items.json']);
  });

  test('its half-written draft is swept away', async () => {
    await writeFile(`${file}.0123456789ab.tmp`, '{"version": 1, "work_');
    await writeFile(`${file}.mine.tmp`, 'a file of somebody else');
    await open().create([newItem({ key: 'A' })]);
    expect(await readdir(folder)).toEqual(['.work_items.json', '.work_items.json.mine.tmp']);
  });

  test('I6 kill -9 while it writes leaves the file whole', { timeout: 60_000 }, async () => {
    await open().create([newItem({ key: 'A' })]);
    for (let round = 0; round < 3; round += 1) {
      const writer = fork(new URL('writer.ts', import.meta.url), [file]);
      await once(writer, 'message');
      writer.kill('SIGKILL');
      await once(writer, 'exit');
      expect((await open().get('A')).key).toBe('A');
      await rm(`${file}.lock`, { recursive: true, force: true });
    }
    await open().edit('A', { title: 'after' });
    expect(await readdir(folder)).toEqual(['.work_items.json']);
  });
});
