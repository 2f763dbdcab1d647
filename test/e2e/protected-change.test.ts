import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withoutFaults } from '../../src/rehearsal/faults.ts';
import {
  always,
  bash,
  report,
  together,
  write,
  type Scenario,
} from '../../src/rehearsal/script.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { proveExit, type Bench, type Ended } from '../support/harness-cli.ts';
import { unitConverter } from '../support/second-scenario.ts';
import { aSmallRun } from '../support/small-run.ts';

const RC = 'registry=https://packages.example\n';

/** The first of two items, side by side, also changes where packages come from; told off, it doesn't. */
function meddling(): Scenario {
  const whole = withoutFaults(unitConverter());
  const [feet, kelvin] = whole.items;
  if (feet === undefined || kelvin === undefined) throw new Error('the scenario has other items');
  const steps = feet.attempts[0]?.steps ?? [];
  const first = { steps: [write('.npmrc', RC), ...steps] };
  return { ...whole, items: [{ ...feet, attempts: [first, { steps }] }, kelvin] };
}

function within(bench: Bench): (...args: string[]) => Promise<Ended> {
  const project = join(bench.folder, 'workspaces', 'converter');
  return (...args) => bench.run([...args, '--project-dir', project]);
}

const RUN = ['run', '--idea', 'A module that converts feet.', '--no-interactive'];

test(
  'I4 a change of protected files waits for a person, also where nobody is to be asked; allowed, it is proved and lands without another session',
  { timeout: 300_000 },
  async () => {
    await using small = await aSmallRun({ scenario: meddling() });
    const at = within(small.bench);
    const waiting = await at(...RUN, '--autonomy', 'full');
    proveExit(waiting, 3);
    expect(waiting.stdout).toContain('KELVIN-1: done');
    expect(waiting.stdout).toContain('May FEET-1 change .npmrc (configures a package manager)?');
    const shown = await at('status');
    expect(shown.stdout).toContain('adds .npmrc (configures a package manager)');
    expect(shown.stdout).toContain('+registry=https://packages.example');
    const state = / approve FEET-1 --state ([0-9a-f]+)/.exec(shown.stdout)?.[1] ?? '';
    expect((await at('why', 'FEET-1')).stdout).toContain('waits for a person');

    const other = await at('approve', 'KELVIN-1');
    expect([other.exit, other.stderr]).toEqual([2, expect.stringContaining('FEET-1 does')]);
    const stale = await at('approve', 'FEET-1', '--state', '0123456789ab');
    expect([stale.exit, stale.stderr]).toEqual([2, expect.stringContaining(state)]);
    proveExit(await at('resume', '--no-interactive'), 3);
    proveExit(await at('stop'), 0);
    const stillAsked = await at('resume', '--no-interactive');
    proveExit(stillAsked, 3);

    const asks = small.asks.filter((ask) => ask.item === 'FEET-1').length;
    const approved = await at('approve', 'FEET-1', '--state', state);
    proveExit(approved, 0);
    expect(approved.stdout).toContain('adds .npmrc');
    const ended = await at('resume', '--no-interactive');
    proveExit(ended, 0);
    expect(small.asks.filter((ask) => ask.item === 'FEET-1').length).toBe(asks);
    const project = join(small.bench.folder, 'workspaces', 'converter');
    expect(await readFile(join(project, '.npmrc'), 'utf8')).toBe(RC);
  },
);

test(
  'I4 a refused change goes back to its agent with the reason, and the work lands without it',
  { timeout: 300_000 },
  async () => {
    await using small = await aSmallRun({ scenario: meddling() });
    const at = within(small.bench);
    proveExit(await at(...RUN), 3);
    const before = small.asks.length;
    const refused = await at('reject', 'FEET-1', '--feedback', 'Our registry is the usual one.');
    proveExit(refused, 0);
    const ended = await at('resume', '--no-interactive');
    proveExit(ended, 0);
    const again = small.asks.slice(before).find((ask) => ask.item === 'FEET-1');
    expect(again?.prompt).toContain('Our registry is the usual one.');
    const project = join(small.bench.folder, 'workspaces', 'converter');
    await expect(readFile(join(project, '.npmrc'))).rejects.toThrow('ENOENT');
  },
);

/** The scaffold, whose session belongs to no item, brings the file. */
function meddlingScaffold(): Scenario {
  const whole = withoutFaults(unitConverter());
  const script = whole.roles['initialize/initializer'];
  const steps = script?.attempts[0]?.steps ?? [];
  const initializer = always(
    together(write('.npmrc', RC), bash('true')),
    ...steps,
    report('note', 'x'),
  );
  const roles = { ...whole.roles, 'initialize/initializer': initializer };
  return { ...whole, roles, items: whole.items.slice(0, 1) };
}

test(
  'I4 the scaffold waits for a person too, and is not made twice',
  { timeout: 300_000 },
  async () => {
    await using small = await aSmallRun({ scenario: meddlingScaffold() });
    const at = within(small.bench);
    const waiting = await at(...RUN);
    proveExit(waiting, 3);
    expect(waiting.stdout).toContain('May initializer change .npmrc');
    proveExit(await at('stop'), 0);
    proveExit(await at('resume', '--no-interactive'), 3);
    const asks = small.asks.filter((ask) => ask.phase === 'initialize').length;
    proveExit(await at('approve', 'initialize'), 0);
    proveExit(await at('resume', '--no-interactive'), 0);
    expect(small.asks.filter((ask) => ask.phase === 'initialize').length).toBe(asks);
  },
);

/** What would let every check pass: around the script, in the place of `node`, and nearer than its scripts. */
const AROUND = together(
  write(
    'package.json',
    `${JSON.stringify({ name: 'units', type: 'module', scripts: { pretest: 'exit 0', test: 'node --test' } })}\n`,
  ),
  write('node_modules/.bin/node', '#!/bin/sh\nexit 0\n'),
  write('.npm/package.json', '{ "scripts": { "test": "exit 0" } }\n'),
);

function meddlingAround(): Scenario {
  const whole = withoutFaults(unitConverter());
  const [feet, kelvin] = whole.items;
  if (feet === undefined || kelvin === undefined) throw new Error('the scenario has other items');
  const steps = feet.attempts[0]?.steps ?? [];
  const attempts = [{ steps: [AROUND, ...steps] }, { steps }];
  return { ...whole, items: [{ ...feet, attempts }, kelvin] };
}

test.skipIf(quickOnly)(
  'I4 I6 what an item puts around its checks waits for a person, also beyond a kill -9',
  { timeout: 400_000 },
  async () => {
    await using small = await aSmallRun({ scenario: meddlingAround() });
    const at = within(small.bench);
    const project = join(small.bench.folder, 'workspaces', 'converter');
    const run = small.bench.start([...RUN, '--parallel', '1', '--project-dir', project]);
    await run.heard(/May FEET-1 change/u);
    run.signal('SIGKILL');
    expect((await run.ended).exit).toBeNull();

    const shown = await at('status');
    expect(shown.stdout).toContain('adds node_modules/.bin/node (stands in for what is installed)');
    expect(shown.stdout).toContain('package.json (agreed checks run its scripts pretest)');
    expect(shown.stdout).not.toContain('.npm/package.json');
    proveExit(await at('resume', '--no-interactive'), 3);
    const asks = small.asks.filter((ask) => ask.item === 'FEET-1').length;
    proveExit(await at('reject', 'FEET-1', '--reason', 'Leave the checks alone.'), 0);
    proveExit(await at('resume', '--no-interactive'), 0);
    const again = small.asks.filter((ask) => ask.item === 'FEET-1')[asks];
    expect(again?.prompt).toContain('Leave the checks alone.');
    await expect(readFile(join(project, 'node_modules/.bin/node'))).rejects.toThrow('ENOENT');
    expect(await readFile(join(project, 'package.json'), 'utf8')).not.toContain('pretest');
  },
);
