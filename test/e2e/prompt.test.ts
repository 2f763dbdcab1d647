import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bash, together, write, type Scenario } from '../../src/rehearsal/script.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { proveExit } from '../support/harness-cli.ts';
import { aSmallRun, smallScenario } from '../support/small-run.ts';
import { inTmux } from '../support/tmux.ts';

/** Its first two tries are in the middle of a command that would never end by itself. */
function neverEnding(): Scenario {
  const whole = smallScenario();
  const [item] = whole.items;
  if (item === undefined) throw new Error('the scenario has no item');
  const [last] = item.attempts;
  if (last === undefined) throw new Error('the item has no attempt');
  const begun = { steps: [together(write('begun.md', 'begun\n'), bash('tail -f /dev/null'))] };
  return { ...whole, items: [{ ...item, attempts: [begun, begun, last] }] };
}

// About a minute on a quiet machine: three planning sessions, three of a coder, three prompts.
test.skipIf(quickOnly)(
  'R-058 R-144 R-145 R-147 a pasted idea is edited before it is approved, left in the middle of a command by Ctrl+C and by /quit, and finished by the prompts after',
  { timeout: 600_000 },
  async () => {
    await using small = await aSmallRun({
      scenario: neverEnding(),
      yaml: 'autonomy: checkpoint\n',
    });
    const { bench } = small;
    const editor = join(bench.folder, 'editor.sh');
    await writeFile(editor, '#!/bin/sh\necho "One inch is 25.4 mm." >> "$1"\n', { mode: 0o755 });
    const project = join(bench.folder, 'workspaces', 'module');
    {
      await using terminal = await inTmux({ bench, env: { EDITOR: editor } });
      await terminal.shows(/type what shall be built/u);
      await terminal.paste('A module that converts\nfeet to inches.');
      await terminal.press('Enter');
      await terminal.shows(/^\? ideation/mu, 180_000);
      await terminal.type('/edit\r');
      await terminal.shows(/ideation: edited by/u);
      await terminal.shows(/^\? architecture/mu, 180_000);
      await terminal.type('/approve\r');
      await terminal.shows(/^\? task_breakdown/mu, 180_000);
      await terminal.type('/approve task_breakdown\r');
      await terminal.shows(/FEET-1 +Bash tail -f/u, 240_000);
      await terminal.press('C-c');
      await terminal.shows(/their work is kept; Ctrl\+C again leaves/u);
      await terminal.press('C-c');
      expect(await terminal.exit()).toBe(130);
      await terminal.shows(/module is stopped, in .*goes on, and so does the prompt/su);
    }
    {
      await using terminal = await inTmux({ bench, args: ['--project-dir', project] });
      await terminal.shows(/stopped: Enter goes on/u);
      await terminal.press('Enter');
      await terminal.shows(/FEET-1 +Bash tail -f/u, 240_000);
      await terminal.type('/quit\r');
      expect(await terminal.exit()).toBe(0);
    }
    await using terminal = await inTmux({ bench, args: ['--project-dir', project] });
    await terminal.shows(/stopped: Enter goes on/u);
    await terminal.press('Enter');
    await terminal.shows(/^module {2}completed/mu, 240_000);
    await terminal.press('C-d');
    expect(await terminal.exit()).toBe(0);

    const text = await readFile(join(project, 'PRPs/plans/requirements.md'), 'utf8');
    expect(text).toContain('One inch is 25.4 mm.');
    expect(await readFile(join(project, 'src/feet.js'), 'utf8')).toContain('value * 12');
    const rescued = await bench.run(['recover', '--project-dir', project]);
    proveExit(rescued, 0);
    expect(rescued.stdout).toContain('FEET-1');
    const status = await bench.run(['status', '--json', '--project-dir', project]);
    expect(JSON.parse(status.stdout)).toMatchObject({ status: 'completed', work: { done: 1 } });
  },
);

// About 27 s on a quiet machine: one planning session, two hosts.
test(
  'R-146 R-148 /stop ends a run that waits and calls off one that begins, /new leaves it listed, and /resume goes on with it',
  { timeout: 300_000 },
  async () => {
    await using small = await aSmallRun();
    const { bench } = small;
    await using terminal = await inTmux({ bench, columns: 100 });
    await terminal.shows(/type what shall be built/u);
    await terminal.type('A module that converts feet to inches.\r');
    await terminal.shows(/^\? ideation/mu, 180_000);
    await terminal.type('/stop\r');
    await terminal.shows(/^module {2}stopped/mu);
    await terminal.shows(/kept\. Enter reads ideation\./u);
    // In one breath: what is to be stopped has not even begun to start.
    await terminal.type('/resume module\r/stop\r');
    await terminal.shows(/called off: nothing was started/u);
    await terminal.type('/clear\r/resume module\r');
    await terminal.shows(/^starting/mu);
    await terminal.type('/stop --now\r');
    await terminal.shows(/called off: nothing was started|kept\. Enter reads ideation\./u);
    await terminal.shows(/^module {2}stopped/mu);
    expect(await terminal.written()).not.toContain('nothing is under way');
    await terminal.type('/new\r');
    await terminal.shows(
      /module is kept: \/resume module goes on with it\. What shall be built\?/u,
    );
    await terminal.shows(/type what shall be built/u);
    await terminal.type('/projects\r');
    await terminal.shows(/^module +stopped/mu);
    await terminal.type('/resume mod\t\r');
    await terminal.shows(/^module {2}waiting approval/mu, 180_000);
    // The snapshot of a hosted run may be half a second old.
    const stands = async (): Promise<unknown> => {
      const said = await bench.run(['status', '--json', '--project-dir', 'workspaces/module']);
      return JSON.parse(said.stdout);
    };
    await expect
      .poll(stands, { timeout: 10_000 })
      .toMatchObject({ status: 'waiting_approval', approval: { phase: 'ideation' } });
    await terminal.press('C-c');
    await terminal.shows(/Ctrl\+C again leaves/u);
    await terminal.press('C-c');
    expect(await terminal.exit()).toBe(130);
    expect(await terminal.written()).not.toContain('could not be kept');
    expect(await stands()).toMatchObject({ status: 'waiting_approval' });
  },
);
