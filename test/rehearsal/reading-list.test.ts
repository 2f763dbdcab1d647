import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { faultsOf } from '../../src/domain/plan.ts';
import { readPlan } from '../../src/phases/plan-output.ts';
import { plantedFaults, withoutFaults } from '../../src/rehearsal/faults.ts';
import { startRehearsalModel, type Played } from '../../src/rehearsal/model.ts';
import { planOf } from '../../src/rehearsal/play.ts';
import { GITIGNORE, readingList } from '../../src/rehearsal/scenarios/reading-list.ts';
import { FAULTS, type Scenario } from '../../src/rehearsal/script.ts';
import { playSession } from './scripted-session.ts';

const run = promisify(execFile);
const APP = fileURLToPath(new URL('../../examples/reading-list/app', import.meta.url));

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rehearsal-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function served(scenario: Scenario): Promise<{ url: string; log: readonly Played[] }> {
  const log: Played[] = [];
  const model = await startRehearsalModel({
    scenario,
    clock: Date,
    log: (entry) => log.push(entry),
  });
  onTestFinished(() => model.close());
  return { url: model.url, log };
}

/** Path, executable or not, and text of every file. */
async function treeOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const read = files.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    const mode = (await stat(path)).mode & 0o100 ? ' (executable)' : '';
    return [path.slice(folder.length + 1) + mode, await readFile(path, 'utf8')] as const;
  });
  return Object.fromEntries((await Promise.all(read)).toSorted(([a], [b]) => a.localeCompare(b)));
}

async function exampleTree(): Promise<Record<string, string>> {
  return { '.gitignore': GITIGNORE, ...(await treeOf(APP)) };
}

async function initialized(url: string): Promise<string> {
  const folder = await temporaryFolder();
  await playSession(url, folder, { phase: 'initialize', role: 'initializer' });
  return folder;
}

const coder = (item: string, attempt = 1) => ({
  phase: 'implement',
  role: 'coder',
  item,
  attempt,
});

async function passes(folder: string, command: string): Promise<boolean> {
  return run('sh', ['-c', command], { cwd: folder }).then(
    () => true,
    () => false,
  );
}

const keys = (scenario: Scenario) => scenario.items.map((item) => item.key);

describe('the built-in scenario', () => {
  test('plans ten items in a graph that lets four start and three go on at once', () => {
    const scenario = readingList();
    const plan = planOf(scenario);
    expect(readPlan(plan)).toMatchObject({ ok: true });
    expect(plan.items).toHaveLength(10);
    const readyAfter = (done: readonly string[]) =>
      plan.items
        .filter(({ key }) => !done.includes(key))
        .filter(({ dependencies }) => dependencies.every((needed) => done.includes(needed)))
        .map(({ key }) => key);
    const first = readyAfter([]);
    expect(first).toEqual(['SEARCH-1', 'HTTP-1', 'STORE-1', 'LINK-1']);
    expect(readyAfter(first)).toEqual(['API-1']);
    expect(readyAfter([...first, 'API-1'])).toEqual(['TAGS-1', 'RSS-1', 'PAGE-1']);
  });

  test('plants every fault, and each can be taken out alone', () => {
    const scenario = readingList();
    expect(plantedFaults(scenario)).toEqual(FAULTS);
    for (const name of FAULTS)
      expect(plantedFaults(withoutFaults(scenario, name))).toEqual(
        FAULTS.filter((other) => other !== name),
      );
    expect(plantedFaults(withoutFaults(scenario))).toEqual([]);
    expect(planOf(withoutFaults(scenario, 'conflict')).items).toContainEqual(
      expect.objectContaining({ key: 'RSS-1', dependencies: ['API-1', 'TAGS-1'] }),
    );
  });

  test('the first plan has a cycle that the harness can name', () => {
    const scenario = readingList();
    const spoiled = scenario.plan.spoil?.(planOf(scenario));
    expect(faultsOf(spoiled?.items ?? []).join()).toMatch(/wait for each other: .*API-1/);
  });

  test('each role speaks, and the syntheses hold a mark of each', async () => {
    const { url } = await served(readingList());
    const folder = await temporaryFolder();
    const textOf = async (name: string) => {
      const [phase = '', role = ''] = name.split('/');
      return (await playSession(url, folder, { phase, role })).text;
    };
    const marks = {
      ideation: {
        user_requirements: 'ersonas',
        technical_feasibility: 'technology',
        edge_cases: 'dge cases',
      },
      architecture: {
        system_design: 'System design',
        data_models: 'Data models',
        api_design: 'API design',
      },
    };
    for (const [phase, roles] of Object.entries(marks)) {
      const synthesis = await textOf(`${phase}/synthesis`);
      for (const [role, mark] of Object.entries(roles)) {
        expect((await textOf(`${phase}/${role}`)).length).toBeGreaterThan(300);
        expect(synthesis).toContain(mark);
      }
    }
    expect(await textOf('ideation/brainstorm')).toMatch(/^# Requirements/);
    expect(await textOf('architecture/architect')).toMatch(/^# Architecture/);
  });

  test(
    'the tester answers a report whose checks pass on the example',
    { timeout: 60_000 },
    async () => {
      const { url } = await served(readingList());
      const folder = await temporaryFolder();
      await cp(APP, folder, { recursive: true });
      const played = await playSession(url, folder, { phase: 'testing', role: 'tester' });
      const report = z.object({ checks: z.array(z.string()) }).parse(played.outputs[0]);
      expect(report.checks.length).toBeGreaterThan(1);
      for (const check of report.checks)
        expect({ check, passed: await passes(folder, check) }).toEqual({ check, passed: true });
    },
  );
});

const list = (folder: string) => join(folder, 'src/features.js');

describe('played in dependency order', () => {
  test(
    'checks are red before and green after each item, and the end is the example',
    { timeout: 120_000 },
    async () => {
      const scenario = withoutFaults(readingList());
      const { url } = await served(scenario);
      const folder = await initialized(url);
      expect(await passes(folder, 'npm test')).toBe(true);
      for (const item of scenario.items) {
        const checks = item.checks.flatMap((check) =>
          check.kind === 'command' ? [check.run] : [],
        );
        for (const check of checks)
          expect({ check, passed: await passes(folder, check) }).toEqual({ check, passed: false });
        const played = await playSession(url, folder, coder(item.key));
        expect(played.answers).toBeLessThanOrEqual(6);
        expect(played.reports).toHaveLength(1);
        // Its own commands, the check among them, all went well.
        expect(played.refusals).toEqual([]);
      }
      expect(await passes(folder, 'npm test')).toBe(true);
      expect(await treeOf(folder)).toEqual(await exampleTree());
    },
  );

  test(
    'the two items that touch one file end the same in the other order, and played twice',
    { timeout: 60_000 },
    async () => {
      const { url } = await served(withoutFaults(readingList()));
      const folder = await initialized(url);
      const others = keys(readingList()).filter((key) => key !== 'TAGS-1' && key !== 'RSS-1');
      const order = [...others.slice(0, 5), 'RSS-1', 'TAGS-1', 'RSS-1', ...others.slice(5)];
      for (const key of order) await playSession(url, folder, { ...coder(key), untested: true });
      expect(await treeOf(folder)).toEqual(await exampleTree());
    },
  );

  test(
    'git finds a conflict when both start from the same commit',
    { timeout: 60_000 },
    async () => {
      const { url } = await served(withoutFaults(readingList()));
      const base = await initialized(url);
      for (const key of ['HTTP-1', 'API-1'])
        await playSession(url, base, { ...coder(key), untested: true });
      const [mine, theirs] = [await temporaryFolder(), await temporaryFolder()];
      for (const folder of [mine, theirs]) await cp(base, folder, { recursive: true });
      await playSession(url, mine, { ...coder('TAGS-1'), untested: true });
      await playSession(url, theirs, { ...coder('RSS-1'), untested: true });
      await expect(
        run('git', ['merge-file', '-p', list(mine), list(base), list(theirs)]),
      ).rejects.toMatchObject({ code: 1 });
    },
  );
});

describe('what is planted', () => {
  test('the first search is red, the second green', { timeout: 60_000 }, async () => {
    const { url } = await served(readingList());
    const folder = await initialized(url);
    await playSession(url, folder, coder('SEARCH-1'));
    expect(await passes(folder, 'node --test test/search.test.js')).toBe(false);
    await playSession(url, folder, coder('SEARCH-1', 2));
    expect(await passes(folder, 'node --test test/search.test.js')).toBe(true);
  });

  test('the first store is only claimed', async () => {
    const { url } = await served(readingList());
    const folder = await temporaryFolder();
    const played = await playSession(url, folder, coder('STORE-1'));
    expect(played.reports.join()).toContain('complete');
    expect(await readdir(folder)).toEqual([]);
  });

  test('one answer is refused and one breaks off, and both sessions end well', async () => {
    const { url, log } = await served(readingList());
    const folder = await temporaryFolder();
    expect((await playSession(url, folder, { ...coder('HTTP-1'), untested: true })).failures).toBe(
      1,
    );
    expect((await playSession(url, folder, { ...coder('LINK-1'), untested: true })).failures).toBe(
      1,
    );
    expect(log.map((entry) => entry.move).filter((move) => move !== 'answered')).toEqual([
      'overloaded',
      'dropped',
    ]);
  });
});
