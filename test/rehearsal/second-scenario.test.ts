import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { readPlan } from '../../src/phases/plan-output.ts';
import { plantedFaults } from '../../src/rehearsal/faults.ts';
import { startRehearsalModel } from '../../src/rehearsal/model.ts';
import { planOf } from '../../src/rehearsal/play.ts';
import { unitConverter } from '../support/second-scenario.ts';
import { playSession } from './scripted-session.ts';

const run = promisify(execFile);

test(
  'a second scenario is data alone: its items play to a program whose tests pass',
  { timeout: 60_000 },
  async () => {
    const scenario = unitConverter();
    expect(readPlan(planOf(scenario))).toMatchObject({ ok: true });
    expect(plantedFaults(scenario)).toEqual(['overloaded']);
    const model = await startRehearsalModel({ scenario, clock: Date });
    onTestFinished(() => model.close());
    const folder = await mkdtemp(join(tmpdir(), 'rehearsal-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await playSession(model.url, folder, { phase: 'initialize', role: 'initializer' });
    for (const item of scenario.items) {
      await playSession(model.url, folder, { phase: 'implement', role: 'coder', item: item.key });
      for (const check of item.checks)
        if (check.kind === 'command') await run('sh', ['-c', check.run], { cwd: folder });
    }
    await run('npm', ['test'], { cwd: folder });
  },
);
