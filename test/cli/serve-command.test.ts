import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtProgram } from '../support/built-program.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { aBench, type Bench } from '../support/harness-cli.ts';
import { freePort } from '../support/loopback.ts';

let database: TestDatabase;
let bench: Bench;
beforeAll(async () => {
  database = await testDatabase();
  bench = await aBench({ program: await builtProgram(), databaseUrl: database.url });
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

// 2 to 30 s, as busy as the machine is: a database is made.
test('the first start says that the database is made', { timeout: 90_000 }, async () => {
  await using fresh = await aBench({ program: await builtProgram() });
  const running = fresh.start(['serve', '--port', String(await freePort())]);
  await running.heard(/the database is made; the first time takes a while/u);
  await running.heard(/described in/u);
  running.signal('SIGTERM');
  const { stdout } = await running.ended;
  expect(stdout).not.toContain('the first time');
});

const other = '1';

test.each([
  ['--api listens where --port says', (port: string) => ['--api', '--port', port], undefined],
  ['serve listens where API_PORT says', () => ['serve'], 'the port'],
  ['--port wins over API_PORT', (port: string) => ['serve', '--port', port], other],
] as const)('R-040 R-075 %s', { timeout: 60_000 }, async (_what, words, variable) => {
  const port = String(await freePort());
  const API_PORT = variable === 'the port' ? port : variable;
  const running = bench.start(words(port), { env: { API_PORT } });
  await running.heard(new RegExp(`127\\.0\\.0\\.1:${port}`, 'u'));
  const answer = await fetch(`http://127.0.0.1:${port}/health`);
  expect([answer.status, await answer.json()]).toMatchObject([200, { status: 'healthy' }]);
  running.signal('SIGTERM');
  const ended = await running.ended;
  expect([0, 143]).toContain(ended.exit);
});
