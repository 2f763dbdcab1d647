import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { typedFor } from '../../src/cli/own-command.ts';
import { PACKAGE } from '../../src/package-folder.ts';

let folder = '';
let script = '';

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'harness-own-')));
  script = join(folder, 'bin.js');
  await writeFile(script, '');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function typed(text: string, changes: Partial<Parameters<typeof typedFor>[0]> = {}): string {
  return typedFor({ script, cwd: folder, path: '/usr/bin', projectDir: undefined, ...changes })(
    text,
  );
}

async function linked(...parts: readonly string[]): Promise<string> {
  const place = join(folder, ...parts);
  await mkdir(place, { recursive: true });
  await symlink(script, join(place, 'harness'));
  return place;
}

test('is its bare name where that is on the PATH', async () => {
  const path = `/usr/bin:${await linked('bin')}`;
  expect(typed('Next: `harness why`', { path })).toBe('Next: `harness why`');
});

test('is npx where a package here has it, whose folder npm only put on the PATH meanwhile', async () => {
  const path = await linked('node_modules', '.bin');
  const cwd = join(folder, 'src');
  await mkdir(cwd);
  expect(typed('`harness why`, then `harness resume`', { path, cwd })).toBe(
    '`npx harness why`, then `npx harness resume`',
  );
  expect(typed('`harness why`', { cwd: PACKAGE })).toBe('`npx harness why`');
});

test('is another one of that name neither on the PATH nor by npx', async () => {
  const path = join(folder, 'bin');
  await mkdir(join(folder, 'node_modules', '.bin'), { recursive: true });
  for (const place of [path, join(folder, 'node_modules', '.bin')]) {
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'harness'), '');
  }
  expect(typed('`harness why`', { path })).toMatch(/^`node \S+\.[jt]s why`$/u);
});

test('names the project again that was named, except where none is meant', async () => {
  const path = await linked('bin');
  const given = { path, projectDir: "my shop's" };
  expect(typed('`harness why`', given)).toBe("`harness why --project-dir 'my shop'\\''s'`");
  for (const words of ['run --idea TEXT', 'projects', 'doctor', '--help'])
    expect(typed(`\`harness ${words}\``, given)).toBe(`\`harness ${words}\``);
});
