import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { quickOnly } from '../support/e2e-part.ts';
import { aSmallRun } from '../support/small-run.ts';

test.skipIf(quickOnly)(
  'a run waits at each checkpoint; a refusal runs the phase again with its reason, an edit replaces the document',
  { timeout: 300_000 },
  async () => {
    await using small = await aSmallRun();
    const { bench, asks } = small;
    const project = join(bench.folder, 'workspaces', 'converter');
    const at = (...args: string[]) => bench.run([...args, '--project-dir', project]);
    const asked = await at('run', '--idea', 'A module that converts feet.');
    expect(asked.exit, asked.stderr).toBe(3);
    expect(asked.stdout).toContain('ideation');

    const wrong = await at('approve', 'architecture');
    expect([wrong.exit, wrong.stderr]).toEqual([2, expect.stringContaining('ideation does')]);
    const refused = await at('reject', 'ideation', '--reason', 'Say what a cubit is.');
    expect(refused.exit, refused.stderr).toBe(0);
    expect(refused.stdout).toContain('resume');
    const before = asks.length;
    const again = await at('resume');
    expect(again.exit, again.stderr).toBe(3);
    const repeated = asks.slice(before).filter((ask) => ask.phase === 'ideation');
    expect(repeated[0]?.prompt).toContain('Say what a cubit is.');

    const edit = join(bench.folder, 'mine.md');
    const text = '# Requirements\n\nFeet, and nothing but feet.\n';
    await writeFile(edit, text);
    const edited = await at('approve', 'ideation', '--edit', edit);
    expect(edited.exit, edited.stderr).toBe(0);
    const designed = await at('resume');
    expect(designed.exit, designed.stderr).toBe(3);
    expect(await readFile(join(project, 'PRPs/plans/requirements.md'), 'utf8')).toBe(text);
    const architects = asks.filter((ask) => ask.phase === 'architecture');
    expect(architects[0]?.prompt).toContain('nothing but feet');

    expect((await at('approve')).exit).toBe(0);
    expect((await at('resume')).exit).toBe(3);
    expect((await at('approve', 'task_breakdown')).exit).toBe(0);
    const ended = await at('resume');
    expect(ended.exit, ended.stdout + ended.stderr).toBe(0);
    expect(ended.stdout).toContain('Built 1 of 1 work items');
    const none = await at('approve');
    expect([none.exit, none.stderr]).toEqual([2, expect.stringContaining('Nothing waits')]);
  },
);
