import { spawn } from 'node:child_process';
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createClaudeAgent } from '../../src/adapters/agents/claude/claude-agent.ts';
import { claudeExecutable } from '../../src/adapters/agents/claude/executable.ts';
import { settingsMark } from '../../src/adapters/agents/claude/settings-mark.ts';
import { proveDeny, type DenyProofOrder } from '../../src/prove-deny.ts';
import type { Box } from '../../src/safety/box.ts';
import type { Agent } from '../../src/sessions/agent.ts';
import { sessionFence } from '../../src/safety/fence/session-fence.ts';
import { aBox, SYSTEM_PATH, unsealable } from '../safety/a-box.ts';

const DEPS = {
  path: SYSTEM_PATH,
  judges: [sessionFence({ sealed: unsealable === undefined, readable: [], protectedPaths: [] })],
};

/** Counts the processes it starts. */
interface Watched extends Box {
  started(): number;
}

async function watchedBox(change = (words: readonly string[]) => words): Promise<Watched> {
  let count = 0;
  const place = unsealable === undefined ? await aBox() : null;
  onTestFinished(async () => place?.[Symbol.asyncDispose]());
  return {
    driver: place === null ? 'none' : 'bwrap',
    started: () => count,
    spawn(order) {
      count += 1;
      const command = change(order.command);
      if (place !== null) return place.box.spawn({ ...order, command });
      const [program = '', ...args] = command;
      const { cwd, env } = order;
      return spawn(program, args, { cwd, env: { ...env }, stdio: 'pipe', detached: true });
    },
    run: () => Promise.reject(new Error('the proof runs no command')),
  };
}

async function anOrder(box: Box, agent?: Agent): Promise<DenyProofOrder> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'hx-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return {
    agent: agent ?? createClaudeAgent(DEPS),
    mark: settingsMark(DEPS),
    box,
    agentFolders: claudeExecutable().folders,
    home: join(folder, 'home'),
    folder,
  };
}

test('I8 a denied tool call is not carried out by the real program, which is remembered', async () => {
  const box = await watchedBox();
  const order = await anOrder(box);
  await proveDeny(order);
  await proveDeny(order);
  expect(box.started()).toBe(1);
  await proveDeny({ ...order, mark: 'another' });
  expect(box.started()).toBe(2);
  expect(await readdir(order.folder)).toEqual(['home']);
});

test('I8 without a program that asks the hooks no session is started: exit 5, and nothing is remembered', async () => {
  const deaf = ['sh', '-c', `sed -u 's/"hooks":/"ignored":/' | "$@"`, 'sh'];
  const box = await watchedBox((words) => [...deaf, ...words]);
  const order = await anOrder(box);
  const refused = { code: 'DENY_UNPROVED', exit: 5 };
  await expect(proveDeny(order)).rejects.toMatchObject({
    ...refused,
    message: expect.stringContaining('a denied tool call was carried out'),
  });
  await expect(proveDeny(order)).rejects.toMatchObject(refused);
  expect(box.started()).toBe(2);
});

test('I8 what can’t be tried is not proved', async () => {
  const order = await anOrder(await watchedBox(() => ['/bin/false']));
  await expect(proveDeny(order)).rejects.toMatchObject({ code: 'DENY_UNPROVED', exit: 5 });
});
