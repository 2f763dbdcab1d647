import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { PHASES } from '../../src/domain/phase.ts';
import { architecture } from '../../src/phases/architecture.ts';
import { deploy } from '../../src/phases/deploy.ts';
import { ideation } from '../../src/phases/ideation.ts';
import { implement } from '../../src/phases/implement.ts';
import { initialize } from '../../src/phases/initialize.ts';
import { taskBreakdown } from '../../src/phases/task-breakdown.ts';
import { testing } from '../../src/phases/testing.ts';
import { META_TITLE } from '../../src/domain/demo.ts';
import { load } from '../config/load.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');

/** What held it in the original, and where it is here. */
const HOMES: readonly (readonly [string, string])[] = [
  ['autonomous_agent_demo.py', 'src/demo'],
  ['main.py', 'src/app.ts'],
  ['agent.py', 'src/sessions'],
  ['client.py', 'src/adapters/agents'],
  ['security.py', 'src/safety'],
  ['progress.py', 'src/delivery/snapshot.ts'],
  ['prompts.py', 'src/prompts'],
  ['linear_config.py', 'src/adapters/trackers/linear'],
  ['orchestrator/phase_runner.py', 'src/engine/phase-workflow.ts'],
  ['orchestrator/state_machine.py', 'src/engine/pipeline-workflow.ts'],
  ['orchestrator/swarm_controller.py', 'src/phases/planning.ts'],
  ['orchestrator/aggregator.py', 'src/phases/planning.ts'],
  ['orchestrator/error_recovery.py', 'src/engine/decide.ts'],
  ['orchestrator/heartbeat.py', 'src/engine/lease.ts'],
  ['orchestrator/resume.py', 'src/cli/resume-action.ts'],
  ['orchestrator/shutdown.py', 'src/engine/wind-down.ts'],
  ['phases', 'src/phases'],
  ['backends', 'src/work/tracker.ts'],
  ['adapters/cli_adapter.py', 'src/cli'],
  ['config', 'src/config'],
  ['database', 'src/adapters/store'],
  ['database/migrations', 'migrations'],
  ['orchestrator.yaml', 'orchestrator.yaml'],
];

test('R-082 to R-108 every part of the original has its home', async () => {
  for (const [part, home] of HOMES)
    expect([part, home, existsSync(join(ROOT, home))]).toEqual([part, home, true]);
  const names = createProgram().commands.map((command) => command.name());
  expect(names).toEqual(expect.arrayContaining(['demo', 'run', 'resume', 'status', 'stop', 'db']));
  expect(JSON.parse(await read('package.json')).bin).toEqual({ harness: './dist/cli/bin.js' });
});

test('R-098 each phase is a file, and keeps the one interface', () => {
  const phases = [ideation, architecture, taskBreakdown, initialize, implement, testing, deploy];
  expect(phases.map(({ name }) => name)).toEqual([...PHASES]);
  for (const phase of phases) {
    const file = `src/phases/${phase.name.replace('_', '-')}.ts`;
    expect(existsSync(join(ROOT, file))).toBe(true);
    expect(phase).toHaveProperty('run', expect.any(Function));
  }
});

test('R-089 the constants of Linear are those of the original', () => {
  expect(META_TITLE).toBe('[META] Project Progress Tracker');
  expect(load().linear).toMatchObject({
    apiUrl: 'https://api.linear.app/graphql',
    mcpUrl: 'https://mcp.linear.app/mcp',
  });
});

test('R-106 R-107 R-108 the prompts are files of their old names', async () => {
  const names = await readdir(join(ROOT, 'prompts'), { recursive: true });
  expect(names).toEqual(
    expect.arrayContaining([
      'app_spec.txt',
      'initializer_prompt.md',
      'coding_prompt.md',
      'ideation/brainstorm.md',
      'ideation/brainstorm_user.md',
      'ideation/brainstorm_technical.md',
      'ideation/brainstorm_edge_cases.md',
      'ideation/aggregate.md',
      'architecture/system_design.md',
      'architecture/data_models.md',
      'architecture/api_design.md',
      'architecture/aggregate.md',
      'task_breakdown/decompose.md',
    ]),
  );
});

test('R-069 the suite of security is a script, and has tests', async () => {
  const { scripts } = JSON.parse(await read('package.json'));
  expect(scripts['test:security']).toBe('vitest run --project security');
  const files = await readdir(join(ROOT, 'test/security'));
  expect(files.filter((name) => name.endsWith('.test.ts')).length).toBeGreaterThan(8);
});

test('R-160 the licence is MIT, in the file and in the package', async () => {
  expect(await read('LICENSE')).toMatch(/^MIT License\n/u);
  expect(JSON.parse(await read('package.json')).license).toBe('MIT');
});
