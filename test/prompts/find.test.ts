import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { templatesIn } from '../../src/prompts/find.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'prompts-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

const find = (name: string) => templatesIn([join(root, 'own'), join(root, 'shipped')])(name);

test("a project's own file wins over the shipped one, file by file", async () => {
  await put('shipped/ideation/a.md', 'shipped a');
  await put('shipped/ideation/b.md', 'shipped b');
  await put('own/ideation/a.md', 'own a');
  expect(await find('ideation/a')).toEqual({
    name: 'ideation/a',
    path: join(root, 'own/ideation/a.md'),
    text: 'own a',
  });
  expect((await find('ideation/b')).text).toBe('shipped b');
});

test('an edit counts from the next session on', async () => {
  await put('own/a.md', 'before');
  expect((await find('a')).text).toBe('before');
  await put('own/a.md', 'after');
  expect((await find('a')).text).toBe('after');
});

test('a template that is nowhere is named with the places that were looked in', async () => {
  await expect(find('ideation/none')).rejects.toMatchObject({
    code: 'PROMPT_MISSING',
    exit: 2,
    message: expect.stringContaining(`ideation/none.md in ${join(root, 'own')} or `),
  });
});

test('a template that cannot be read is no missing one', async () => {
  await mkdir(join(root, 'own/a.md'), { recursive: true });
  await put('shipped/a.md', 'shipped');
  await expect(find('a')).rejects.toMatchObject({ code: 'EISDIR' });
});
