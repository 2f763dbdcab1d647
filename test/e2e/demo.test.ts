import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testDatabase } from '../support/database.ts';
import {
  commitIn,
  markerOf,
  proveApplication,
  sessionsIn,
  trackerIn,
} from '../support/demo-project.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { aBench, proveExit, type Ended } from '../support/harness-cli.ts';

const PROMPTS = join(import.meta.dirname, '../../prompts');

test('A4 without a key for Linear nothing is made, and the way without one is named', async () => {
  await using bench = await aBench();
  const ended = await bench.run(['demo', '--rehearse', '--project-dir', 'shop']);
  proveExit(ended, 4);
  expect(ended.stderr).toMatch(/LINEAR_API_KEY is not set.*--tracker local/u);
  await expect(stat(join(bench.folder, 'shop'))).rejects.toThrow('ENOENT');
});

// About 45 s.
test.skipIf(quickOnly)(
  'R-019 R-028 R-139 R-140 R-141 R-157 own prompts and specification, a cap of sessions, and on with it',
  { timeout: 400_000 },
  async () => {
    await using database = await testDatabase();
    await using bench = await aBench({ databaseUrl: database.url });
    const project = join(bench.folder, 'shop');
    await mkdir(join(project, 'prompts'), { recursive: true });
    const shipped = await readFile(join(PROMPTS, 'initializer_prompt.md'), 'utf8');
    const edited = `${shipped.replace('50 issues', '2 issues')}\nMind the gap.\n`;
    await writeFile(join(project, 'prompts/initializer_prompt.md'), edited);
    await writeFile(join(project, 'prompts/app_spec.txt'), 'A ledger for zebras.\n');
    const demo = ['demo', '--rehearse', '--tracker', 'local', '--project-dir', project];

    const first = await bench.run([...demo, '--max-iterations', '2']);
    proveExit(first, 0);
    expect(first.stdout).toMatch(/the cap of 2 sessions is reached.*Next: `.*demo --project-dir/su);
    expect(first.stdout).toContain('[Tool: mcp__linear__save_issue]');
    expect(first.stdout).toContain('[2/2 issues]');
    expect(await readFile(join(project, 'app_spec.txt'), 'utf8')).toBe('A ledger for zebras.\n');
    expect(await markerOf(project)).toMatchObject({
      total_issues: 2,
      project_name: 'A ledger for zebras',
    });
    expect(await sessionsIn(bench, project)).toEqual(['initializer', 'coder']);
    const transcript = await bench.run(['logs', '--verbose', '--project-dir', project]);
    expect(transcript.stdout).toContain('A ledger for zebras.');

    // R-157 A copy for the reader: what a person writes there changes nothing.
    const theirs = '{ "permissions": { "deny": ["*"] }, "sandbox": { "enabled": false } }\n';
    await commitIn(project, { path: '.claude_settings.json', text: theirs });

    const second = await bench.run([...demo, '--max-iterations', '3']);
    proveExit(second, 0);
    expect(second.stdout).toContain('[2/2 issues done]');
    expect(await sessionsIn(bench, project)).toEqual(['initializer', 'coder', 'coder']);

    expect(await readFile(join(project, '.claude_settings.json'), 'utf8')).toBe(theirs);

    const said = await bench.run(['items', 'comments', 'APP-3', '--project-dir', project]);
    proveExit(said, 0);
    expect(said.stdout).toMatch(/harness\n {4}Session 1: initializer/u);

    const third = await bench.run(demo);
    proveExit(third, 0);
    expect(third.stdout).toContain('all is done, 2 of 2 issues');

    // What a person adds after that is taken up by the same command, which makes no issues again.
    const title = 'A ledger for zebras - Part 3';
    const more = ['items', 'add', '--title', title, '--description', 'One more part.'];
    const check = ['--check', 'node --test test/note-3.test.js'];
    const added = await bench.run([...more, ...check, '--project-dir', project]);
    proveExit(added, 0);
    expect(added.stdout).toMatch(/demo --project-dir \S+` goes on/u);
    const fourth = await bench.run(demo);
    proveExit(fourth, 0);
    expect(fourth.stdout).toContain('[3/3 issues done]');
    expect((await trackerIn(database.url)).find((one) => one.title === title)?.status).toBe('done');
    const roles = await sessionsIn(bench, project);
    expect(roles).toEqual(['initializer', 'coder', 'coder', 'coder']);
  },
);

// About a minute: fifty issues are made, and two of them built.
test.skipIf(quickOnly)(
  'R-019 R-024 R-027 the fifty issues that the prompt asks for are made, and three sessions are three',
  { timeout: 600_000 },
  async () => {
    await using database = await testDatabase();
    await using bench = await aBench({ databaseUrl: database.url });
    const project = join(bench.folder, 'ledger');
    const args = ['demo', '--rehearse', '--tracker', 'local', '--max-iterations', '3'];
    const ended = await bench.run([...args, '--project-dir', project]);
    proveExit(ended, 0);
    const issues = await trackerIn(database.url);
    const [meta, ...others] = issues.filter(({ title }) => title.startsWith('[META]'));
    expect([meta?.status, others]).toEqual(['todo', []]);
    expect(issues).toHaveLength(51);
    expect(new Set(issues.map(({ title }) => title)).size).toBe(51);
    expect(issues.filter(({ status }) => status === 'done')).toHaveLength(2);
    expect(await markerOf(project)).toMatchObject({ initialized: true, total_issues: 50 });
    expect(await sessionsIn(bench, project)).toEqual(['initializer', 'coder', 'coder']);
    for (const made of [1, 12, 50]) expect(ended.stdout).toContain(`[${made}/50 issues]`);
    expect(ended.stdout).not.toContain('[51/50 issues]');
    expect(ended.stdout).toContain('[2/50 issues done]');
    expect(ended.stdout).toMatch(/the cap of 3 sessions is reached.*Next: `.*demo --project-dir/su);
  },
);

// About 20 s.
test.skipIf(quickOnly)(
  'R-140 R-141 another application and another number, by the files that people edit',
  { timeout: 300_000 },
  async () => {
    await using database = await testDatabase();
    await using bench = await aBench({ databaseUrl: database.url });
    const project = join(bench.folder, 'stable');
    await mkdir(join(project, 'prompts'), { recursive: true });
    const shipped = await readFile(join(PROMPTS, 'initializer_prompt.md'), 'utf8');
    const twelve = shipped.replace('50 issues', '12 issues');
    await writeFile(join(project, 'prompts/initializer_prompt.md'), twelve);
    const spec = 'Zebra stable: who is fed, and when.\n\nOne page over a file.\n';
    await writeFile(join(project, 'prompts/app_spec.txt'), spec);
    const args = ['demo', '--rehearse', '--tracker', 'local', '--max-iterations', '1'];
    proveExit(await bench.run([...args, '--project-dir', project]), 0);
    expect(await readFile(join(project, 'app_spec.txt'), 'utf8')).toBe(spec);
    const marker = { total_issues: 12, project_name: 'Zebra stable' };
    expect(await markerOf(project)).toMatchObject(marker);
    const titles = (await trackerIn(database.url)).map(({ title }) => title);
    expect(titles).toHaveLength(13);
    expect(titles.filter((title) => /^Zebra stable - Part \d+$/u.test(title))).toHaveLength(12);
  },
);

// About 90 s.
test.skipIf(quickOnly)(
  'R-002 R-021 R-026 R-030 R-032 R-033 R-034 R-153 R-156 R-158 an initializer and coders build an application, issue by issue',
  { timeout: 600_000 },
  async () => {
    await using database = await testDatabase();
    await using bench = await aBench({ databaseUrl: database.url });
    const project = join(bench.folder, 'ledger');
    const args = ['demo', '--rehearse', '--tracker', 'local', '--issues', '8'];
    const ended: Ended = await bench.run([...args, '--project-dir', project]);
    proveExit(ended, 0);
    await proveApplication(project);
    expect(await markerOf(project)).toMatchObject({ initialized: true, total_issues: 8 });
    for (let made = 1; made <= 8; made += 1) expect(ended.stdout).toContain(`[${made}/8 issues]`);

    const issues = await trackerIn(database.url);
    const meta = issues.find(({ title }) => title.startsWith('[META]'));
    const work = issues.filter((one) => one !== meta);
    expect(work.map(({ status }) => status)).toEqual(Array(8).fill('done'));
    for (const { comments } of work) {
      expect(comments).toContainEqual(expect.stringContaining('Built, with tests in'));
      expect(comments).toContainEqual(
        expect.stringMatching(
          /^Done: [0-9a-f]{40}\n\nFiles:\n- adds .*Proved on exactly that tree by:\n- node --test/su,
        ),
      );
    }
    const sessions = await sessionsIn(bench, project);
    expect(meta?.comments).toHaveLength(sessions.length);
    expect(meta?.comments.at(-1)).toContain('8 of 8 issues done');

    // What was planted: a claim without evidence, and a feature that another session broke.
    const server = work.find(({ title }) => title.startsWith('Server'));
    expect(server?.comments[0]).toContain('without changing anything');
    const money = work.find(({ title }) => title.startsWith('Money'));
    expect(money?.comments).toContainEqual(expect.stringMatching(/^A regression: /u));
    expect(ended.stdout).toMatch(/! regression +APP-1/u);
    expect(ended.stdout).toMatch(/! unproved claim +APP-3/u);
    expect(ended.stdout).toMatch(
      /^(Pictures: \d+ kept under|No pictures: no session had a browser)/mu,
    );
  },
);
