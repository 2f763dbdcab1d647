import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createGit } from '../../src/workspaces/git.ts';
import { openHub, type Hub } from '../../src/workspaces/hub.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { proveExit } from '../support/harness-cli.ts';
import { aSmallRun } from '../support/small-run.ts';

async function hubIn(home: string): Promise<Hub> {
  const [projectId = ''] = await readdir(join(home, 'projects'));
  return openHub({ home, projectId, git: createGit({ gitPath: '/usr/bin/git' }) });
}

test.skipIf(quickOnly)(
  'a run waits at each checkpoint; a refusal runs the phase again with its reason, an edit replaces the document; I12 what was changed since is not answered',
  { timeout: 300_000 },
  async () => {
    await using small = await aSmallRun();
    const { bench, asks } = small;
    const project = join(bench.folder, 'workspaces', 'converter');
    const at = (...args: string[]) => bench.run([...args, '--project-dir', project]);
    const asked = await at('run', '--idea', 'A module that converts feet.');
    proveExit(asked, 3);
    expect(asked.stdout).toContain('ideation');

    const wrong = await at('approve', 'architecture');
    expect([wrong.exit, wrong.stderr]).toEqual([2, expect.stringContaining('ideation does')]);
    const refused = await at('reject', 'ideation', '--reason', 'Say what a cubit is.');
    proveExit(refused, 0);
    expect(refused.stdout).toContain('resume');
    const before = asks.length;
    const again = await at('resume');
    proveExit(again, 3);
    const repeated = asks.slice(before).find((ask) => ask.phase === 'ideation');
    expect(repeated?.prompt).toContain('Say what a cubit is.');

    const document = join(project, 'PRPs/plans/requirements.md');
    const asIs = await readFile(document, 'utf8');
    await writeFile(document, '# Changed by hand\n');
    const unseen = await at('approve', 'ideation');
    expect([unseen.exit, unseen.stderr]).toEqual([2, expect.stringContaining('--edit')]);
    await writeFile(document, asIs);

    const edit = join(bench.folder, 'mine.md');
    const text = '# Requirements\n\nFeet, and nothing but feet.\n';
    await writeFile(edit, text);
    const edited = await at('approve', 'ideation', '--edit', edit);
    proveExit(edited, 0);
    const designed = await at('resume');
    proveExit(designed, 3);
    expect(await readFile(join(project, 'PRPs/plans/requirements.md'), 'utf8')).toBe(text);
    const architect = asks.find((ask) => ask.phase === 'architecture');
    expect(architect?.prompt).toContain('nothing but feet');

    const hub = await hubIn(bench.home);
    const path = 'PRPs/plans/architecture.md';
    const files = [{ path, text: '# Something else\n' }];
    await hub.commitFiles({ files, message: 'Change it', expectedHead: await hub.head() });
    const stale = await at('approve');
    expect([stale.exit, stale.stderr]).toEqual([2, expect.stringContaining('was changed since')]);
    proveExit(await at('land'), 0);
    proveExit(await at('approve'), 0);
    expect((await at('resume')).exit).toBe(3);
    expect((await at('approve', 'task_breakdown')).exit).toBe(0);
    const ended = await at('resume');
    proveExit(ended, 0);
    expect(ended.stdout).toContain('Built 1 of 1 work items');
    const none = await at('approve');
    expect([none.exit, none.stderr]).toEqual([2, expect.stringContaining('Nothing waits')]);
  },
);
