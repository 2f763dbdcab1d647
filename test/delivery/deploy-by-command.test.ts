import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DeployEnd } from '../../src/domain/deploy.ts';
import { deployByCommand } from '../../src/delivery/deploy-by-command.ts';
import type { DeploySettings } from '../../src/domain/run.ts';
import { redactorOf } from '../../src/safety/redact.ts';
import { serveHttp } from '../support/loopback.ts';

const COMMIT = 'c0ffee'.repeat(6).concat('c0ff');
const PATH = '/usr/local/bin:/usr/bin:/bin';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'deploy-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function deploy(
  settings: Partial<DeploySettings>,
  signal: AbortSignal = new AbortController().signal,
): Promise<DeployEnd> {
  return deployByCommand({
    settings: {
      target: 'command',
      command: 'echo applied >>log',
      probe: null,
      rollback: null,
      repeatable: false,
      timeoutMs: 10_000,
      ...settings,
    },
    directory,
    projectDirectory: '/home/me/shop',
    commit: COMMIT,
    env: { PATH, TOKEN: 'secret-token' },
    signal,
    redact: redactorOf(['secret-token']),
  });
}

const log = () => readFile(join(directory, 'log'), 'utf8');

test('a command that exits 0 has deployed', async () => {
  expect(await deploy({})).toEqual({ status: 'deployed', detail: 'deployed c0ffeec0ffee' });
  expect(await log()).toBe('applied\n');
});

test('the command knows commit, project and the environment, and nothing of ours beyond', async () => {
  await deploy({ command: 'echo "$HARNESS_COMMIT $HARNESS_PROJECT ${HOME:-no home}" >log' });
  expect(await log()).toBe(`${COMMIT} /home/me/shop no home\n`);
});

test('the probe decides, and passes after the command only', async () => {
  expect(await deploy({ probe: 'grep -q applied log && echo probed >>log' })).toEqual({
    status: 'deployed',
    detail: 'deployed c0ffeec0ffee, probe passed',
  });
  expect(await log()).toBe('applied\nprobed\n');
});

test('a probe that fails rolls back', async () => {
  const end = await deploy({ probe: 'echo down; exit 7', rollback: 'echo back >>log' });
  expect(end).toEqual({ status: 'rolled_back', detail: 'the probe failed: exit 7: down' });
  expect(await log()).toBe('applied\nback\n');
});

test('a command that fails is not probed, and rolled back', async () => {
  const end = await deploy({
    command: 'echo half >>log; echo "no disk" >&2; exit 1',
    probe: 'echo probed >>log',
    rollback: 'echo back >>log',
  });
  expect(end).toEqual({ status: 'rolled_back', detail: 'the command failed: exit 1: no disk' });
  expect(await log()).toBe('half\nback\n');
});

test('without a rollback, or with a failing one, it has failed and says what stands', async () => {
  expect(await deploy({ probe: 'exit 7' })).toEqual({
    status: 'failed',
    detail: 'the probe failed: exit 7',
  });
  expect(await deploy({ probe: 'exit 7', rollback: 'exit 9' })).toEqual({
    status: 'failed',
    detail: 'the probe failed: exit 7; and the rollback failed: exit 9',
  });
});

test('what outlives its time is killed with all that it started, and has failed', async () => {
  const command = '(sleep 2; echo late >>log) & echo $! >pid; wait';
  const end = await deploy({ command, timeoutMs: 300 });
  expect(end).toEqual({ status: 'failed', detail: 'the command failed: timed out' });
  const pid = Number(await readFile(join(directory, 'pid'), 'utf8'));
  await expect.poll(() => isAlive(pid), { timeout: 1500 }).toBe(false);
  await expect(log()).rejects.toMatchObject({ code: 'ENOENT' });
});

/** A zombie that nobody has collected yet runs nothing any more. */
function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !stat.slice(stat.lastIndexOf(')')).startsWith(') Z');
  } catch {
    return false;
  }
}

test('a stop ends a command that clings to life, and nothing is probed or rolled back', async () => {
  const stop = new AbortController();
  const settings = {
    command: 'trap "" TERM; echo begun >>log; while :; do sleep 0.1; done',
    probe: 'echo probed >>log',
    rollback: 'echo back >>log',
  };
  const ended = deploy(settings, stop.signal);
  await expect.poll(() => log().catch(() => ''), { timeout: 5000 }).toBe('begun\n');
  const asked = performance.now();
  stop.abort();
  expect((await ended).status).toBe('aborted');
  expect(performance.now() - asked).toBeLessThan(5000);
  expect(await log()).toBe('begun\n');
});

test('a command that a signal ends has failed', async () => {
  expect(await deploy({ command: 'kill -9 $$' })).toMatchObject({ status: 'failed' });
});

test('I7 what a command prints is told without secrets and control sequences', async () => {
  const end = await deploy({ command: 'printf "key $TOKEN \\033[31mred\\033[0m"; exit 1' });
  expect(end.detail).toBe('the command failed: exit 1: key [secret] red');
});

test('a URL is asked until it answers well', async () => {
  let asked = 0;
  await using server = await serveHttp((_, response) => {
    asked += 1;
    response.writeHead(asked === 1 ? 503 : 204).end();
  });
  const end = await deploy({ probe: `${server.url}/health` });
  expect(end.status).toBe('deployed');
  expect(asked).toBe(2);
});
