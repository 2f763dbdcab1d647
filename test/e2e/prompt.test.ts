import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bash, together, write, type Scenario } from '../../src/rehearsal/script.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { proveExit } from '../support/harness-cli.ts';
import { aSmallRun, smallScenario } from '../support/small-run.ts';
import { inTmux } from '../support/tmux.ts';

/** Its first try is in the middle of a command that would never end by itself. */
function neverEnding(): Scenario {
  const whole = smallScenario();
  const [item] = whole.items;
  if (item === undefined) throw new Error('the scenario has no item');
  const [again] = item.attempts;
  if (again === undefined) throw new Error('the item has no attempt');
  const begun = { steps: [together(write('begun.md', 'begun\n'), bash('tail -f /dev/null'))] };
  return { ...whole, items: [{ ...item, attempts: [begun, again] }] };
}

/** Select Graphic Rendition: colours, bold, inverse. */
const STYLES = new RegExp(String.raw`\u001B\[[\d;]*m`, 'u');

// About 45 s on a quiet machine: three planning sessions, two of a coder, two hosts.
test.skipIf(quickOnly)(
  'R-035 R-059 R-143 R-145 an idea typed at the prompt is planned, refused, approved, interrupted in the middle of a command, and finished',
  { timeout: 600_000 },
  async () => {
    await using small = await aSmallRun({
      scenario: neverEnding(),
      yaml: 'autonomy: checkpoint\n',
    });
    const { bench, asks } = small;
    await using terminal = await inTmux({ bench, env: { NO_COLOR: '1' } });
    await terminal.shows(/type what shall be built/u);
    await terminal.paste('A module that converts\nfeet to inches.');
    await terminal.press('Enter');
    await terminal.shows(/^\? ideation/mu, 180_000);
    await terminal.type('/reject Say what a cubit is.');
    await terminal.press('Enter');
    await terminal.shows(/rejected by/u);
    await terminal.shows(/^\? ideation/mu, 180_000);
    const repeated = asks.findLast((ask) => ask.phase === 'ideation');
    expect(repeated?.prompt).toContain('Say what a cubit is.');
    await terminal.press('Enter');
    await terminal.shows(/a approve, e edit, r reject/u);
    await terminal.press('a');
    await terminal.shows(/^\? architecture/mu, 180_000);
    await terminal.type('/approve\r');
    await terminal.shows(/^\? task_breakdown/mu, 180_000);
    await terminal.resize(50, 18);
    await terminal.type('/approve\r');

    await terminal.shows(/FEET-1 +Bash tail -f/u, 240_000);
    const narrow = await terminal.screen();
    expect(narrow).toHaveLength(18);
    expect(narrow.filter((line) => line.startsWith('> '))).toHaveLength(1);
    await terminal.resize(80, 24);
    await terminal.shows(/^.{60,}\d:\d\d/mu);
    await terminal.press('Escape');
    expect(await terminal.shows(/Enter goes on/u, 5000)).toBeLessThan(500);
    await terminal.shows(/stopped: Enter goes on/u);
    await terminal.press('Enter');
    await terminal.shows(/Built 1 of 1 work items|^ {2}\+ FEET-1/mu, 240_000);
    await terminal.type('/quit\r');
    expect(await terminal.exit()).toBe(0);
    expect(await terminal.written()).not.toMatch(STYLES);

    const project = join(bench.folder, 'workspaces', 'module');
    expect(await readFile(join(project, 'src/feet.js'), 'utf8')).toContain('value * 12');
    const rescued = await bench.run(['recover', '--project-dir', project]);
    proveExit(rescued, 0);
    expect(rescued.stdout).toContain('FEET-1');
    const status = await bench.run(['status', '--json', '--project-dir', project]);
    expect(JSON.parse(status.stdout)).toMatchObject({ status: 'completed', work: { done: 1 } });
  },
);

// About 25 s on a quiet machine: one planning session, two hosts.
test(
  'R-146 R-148 /stop ends a run that waits, /new leaves it listed, and /resume goes on with it',
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
    await terminal.shows(/kept\. Enter goes on\./u);
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
