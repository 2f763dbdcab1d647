import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { withoutFaults } from '../../src/rehearsal/faults.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { runProject } from '../support/run-project.ts';
import { unitConverter } from '../support/second-scenario.ts';

test.skipIf(quickOnly)(
  'another idea with other items runs green with the same program, and only its own fault is caught',
  { timeout: 400_000 },
  async () => {
    await using done = await runProject({ scenario: unitConverter() });
    expect([done.run.status, done.run.reason]).toEqual(['completed', null]);
    expect(done.items.map(({ status }) => status)).toEqual(Array(5).fill('done'));
    expect(done.caught.map(({ kind, where }) => `${kind} in ${where}`)).toEqual([
      'model overloaded in FEET-1',
    ]);
    await promisify(execFile)(process.execPath, ['--test'], { cwd: done.directory, env: {} });
  },
);

test.skipIf(quickOnly)(
  'without the planted fault its line is gone',
  { timeout: 400_000 },
  async () => {
    const scenario = withoutFaults(unitConverter(), 'overloaded');
    const yaml = 'phases: { ideation: { pattern: single }, architecture: { pattern: single } }\n';
    await using done = await runProject({ scenario, yaml });
    expect([done.run.status, done.caught]).toEqual(['completed', []]);
  },
);
