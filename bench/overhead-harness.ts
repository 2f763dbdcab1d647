import { randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  loadConfig,
  openApp,
  openHost,
  prepareProject,
  processEnvironment,
  resumeRun,
  type Host,
} from '../src/app.ts';
import { ENDED, type Run, type RunSettings } from '../src/domain/run.ts';
import { cpuSeconds, maxRssMb, type Measures } from './measures.ts';
import { startCountingModel } from './counting-model.ts';
import { ITEMS, overheadScenario } from './overhead-scenario.ts';

/** The same job by the harness: clones, sealed boxes, gates, merges, durable records on top. */
const agents = Number(process.argv[2] ?? '1');
const root = mkdtempSync(join(tmpdir(), 'bench-'));
const directory = join(root, 'project');
startingRepository(directory);
const model = await startCountingModel();
const env: Readonly<Record<string, string | undefined>> = {
  ...processEnvironment(),
  HARNESS_HOME: join(root, 'home'),
  DATABASE_URL: undefined,
};
const config = loadConfig({
  file: null,
  env,
  flags: { interactive: false, parallel: agents },
  cwd: root,
});
const path = env['PATH'] ?? '';
const app = await openApp({ config, path, homeFolder: homedir(), log: () => undefined });
// As on every day but the first: new queues are looked at within a second only.
await (await hosting()).stop();
const host = await hosting();
const project = await prepareProject(app, {
  directory,
  name: 'bench',
  existing: true,
  rehearsal: false,
  notice: () => undefined,
});
const run = await app.store.runs.create({
  id: randomUUID(),
  projectId: project.id,
  idea: 'bench',
  settings: onlyImplement(),
});
await app.store.items.add(run.id, overheadScenario().items, 'bench');
const cpu = cpuSeconds();
const began = performance.now();
await resumeRun({ store: app.store, client: await app.client() }, run, {});
const ended = await endOf(run);
const wallMs = Math.round(performance.now() - began);
if (ended.status !== 'completed')
  throw new Error(`the run is ${ended.status}: ${ended.reason ?? ''}`);
const spent = cpuSeconds() - cpu;
const items = await app.store.items.list(project.id);
const left = readdirSync(join(config.home, 'projects', project.id, 'clones'));
if (left.length > 0) throw new Error(`clones are left over: ${left.join(', ')}`);
await host.stop();
await app.close();
await model.close();
const measures: Measures = {
  wallMs,
  cpuSeconds: spent,
  maxRssMb: maxRssMb(),
  sentBytes: model.bytes(),
  firstRequestBytes: model.first(),
  gateCpuSeconds: gatesAlone(),
  done: items.filter((item) => item.status === 'done').length,
};
rmSync(root, { recursive: true, force: true });
console.log(JSON.stringify(measures));

function hosting(): Promise<Host> {
  return openHost(app, {
    label: '',
    upstream: { baseUrl: model.url, credential: { kind: 'api_key', value: 'bench' } },
    unsealed: 'never',
    capacity: agents,
  });
}

function onlyImplement(): RunSettings {
  const { settings } = config;
  const off = (name: keyof RunSettings['phases']): object => ({
    [name]: { ...settings.phases[name], enabled: false },
  });
  const phases = Object.assign(
    {},
    settings.phases,
    ...(
      ['ideation', 'architecture', 'task_breakdown', 'initialize', 'testing', 'deploy'] as const
    ).map(off),
  );
  return { ...settings, phases, attributionHeaders: true };
}

function startingRepository(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"name":"bench","private":true,"type":"module"}\n');
  const git = (...args: string[]): Buffer =>
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], {
      cwd: folder,
    });
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-qm', 'Start');
}

async function endOf(started: Run): Promise<Run> {
  const over = Promise.withResolvers<Run>();
  const look = async (): Promise<void> => {
    const now = await app.store.runs.get(started.id);
    if (now !== undefined && ENDED.includes(now.status)) over.resolve(now);
  };
  const silence = app.store.events.onCommit(() => void look().catch(over.reject));
  try {
    return await over.promise;
  } finally {
    silence();
  }
}

/** The checks of all gates once more, alone, so that their share of the CPU is known. */
function gatesAlone(): number {
  const before = cpuSeconds();
  for (let number = 1; number <= ITEMS; number += 1)
    execFileSync(process.execPath, ['--test', `test/part${number}.test.mjs`], {
      cwd: directory,
      stdio: 'ignore',
    });
  return cpuSeconds() - before;
}
