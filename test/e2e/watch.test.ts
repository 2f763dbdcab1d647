/** Three quarters of a minute on a busy machine: one small run that two others watch. */
import { expect, test } from 'vitest';
import { unsealable } from '../safety/a-box.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { proveExit } from '../support/harness-cli.ts';
import { aSmallRun } from '../support/small-run.ts';
import { inTmux } from '../support/tmux.ts';

test.skipIf(unsealable !== undefined || quickOnly)(
  'status --watch shows a run of another process as the prompt does, in a terminal and in a pipe, and ends with it',
  { timeout: 240_000 },
  async () => {
    await using small = await aSmallRun({ yaml: 'autonomy: full\n' });
    const { bench } = small;
    const project = ['--project-dir', 'workspaces/converter'];
    const running = bench.start(['run', '--idea', 'A module that converts feet.', ...project]);
    await running.heard(/ideation: started/u);
    await using full = await inTmux({ bench, args: ['status', '--watch', ...project] });
    await using left = await inTmux({ bench, args: ['status', '--watch', ...project] });
    const piped = bench.start(['status', '--watch', ...project]);
    await left.shows(/^converter {2}running .*\d:\d\d/mu);
    await left.shows(/^Ctrl\+C leaves; the run goes on$/mu);
    await left.press('C-c');
    expect(await left.exit()).toBe(130);
    await left.shows(/^converter: running/mu);

    await full.shows(/implement, 5 of 7/u, 120_000);
    await full.shows(/ {2}FEET-1 {2}/u);
    await full.resize(50, 18);
    await full.shows(/0 of 1 items done/u);
    proveExit(await running.ended, 0);
    expect(await full.exit()).toBe(0);
    await full.resize(80, 40);
    await full.shows(/^converter: completed$/mu);
    await full.shows(/items +1 of 1 done/u);

    const ended = await piped.ended;
    proveExit(ended, 0);
    expect(ended.stdout).toMatch(/^converter: running.*^--- converter: running$/msu);
    expect(ended.stdout).toMatch(/^\d\d:\d\d:\d\d {2}FEET-1: done, proved as /mu);
    expect(ended.stdout).toMatch(/^--- converter: completed$.*^converter: completed$/msu);
    // No control sequence, no prompt.
    for (const sign of ['\u001B', '\n> ', '\r']) expect(ended.stdout).not.toContain(sign);
  },
);
