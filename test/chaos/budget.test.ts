import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { connectionPool } from '../../src/adapters/store/connect.ts';
import { openStore } from '../../src/adapters/store/open-store.ts';
import { costOf } from '../../src/gateway/prices.ts';
import { aRun } from '../adapters/store/a-store.ts';
import { sse } from '../gateway/wiring.ts';
import { testDatabase } from '../support/database.ts';
import { serveHttp } from '../support/loopback.ts';

/** All of it is used up by a few thousand of the upstream's pieces. */
const BUDGET_USD = 3;
const PROCESSES = 3;
/** How many processes are killed one after the other, each while it spends. */
const KILLS = 4;

/** Tokens of one piece of an answer, and its text by the meter's own measure. */
const PIECE = { tokens: 100, text: 'word'.repeat(100) };
const PIECES = 120;

/** A provider that bills what it has written until it notices that the reader has gone. */
interface Provider extends AsyncDisposable {
  readonly url: string;
  readonly bill: { usd: number };
}

async function startProvider(): Promise<Provider> {
  const bill = { usd: 0 };
  const { url, close } = await serveHttp((request, response) => {
    request.resume().once('end', () => void answer(response, bill));
  });
  return { url, bill, [Symbol.asyncDispose]: close };
}

const tokens = (inputTokens: number, outputTokens: number) => ({
  inputTokens,
  outputTokens,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteHourTokens: 0,
  webSearches: 0,
});
const priced = (inputTokens: number, outputTokens: number) =>
  costOf('claude-haiku-4-5', tokens(inputTokens, outputTokens)) ?? 0;

async function answer(response: ServerResponse, bill: { usd: number }): Promise<void> {
  bill.usd += priced(10, 0);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(sse({ type: 'message_start', message: { usage: { input_tokens: 10 } } }));
  let sent = 0;
  while (sent < PIECES && !response.destroyed) {
    sent += 1;
    bill.usd += priced(0, PIECE.tokens);
    response.write(
      sse({ type: 'content_block_delta', delta: { type: 'text_delta', text: PIECE.text } }),
    );
    await wait(20);
  }
  response.write(sse({ type: 'message_delta', usage: { output_tokens: sent * PIECE.tokens } }));
  response.end(sse({ type: 'message_stop' }));
}

interface Spender {
  readonly child: ChildProcess;
  readonly over: Promise<unknown>;
}

async function startSpender(args: readonly string[]): Promise<Spender> {
  const program = join(import.meta.dirname, 'spender.ts');
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const over = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), over]);
  return { child, over };
}

test(
  'I5 several processes that are killed while they spend never pass the cap together',
  { timeout: 120_000 },
  async () => {
    await using database = await testDatabase();
    await using provider = await startProvider();
    const pool = connectionPool(database.url, { applicationName: 'harness-test', max: 5 });
    const store = openStore({ pool });
    const run = await aRun(store);
    const { url } = provider;
    const args = [database.url, url, run.projectId, run.id, String(BUDGET_USD)];
    const left: Spender[] = [];
    for (let at = 0; at < PROCESSES; at += 1) left.push(await startSpender(args));
    for (let killed = 0; killed < KILLS; killed += 1) {
      const victim = left.shift();
      if (victim === undefined) throw new Error('nobody to kill');
      const before = provider.bill.usd;
      while (provider.bill.usd < before + BUDGET_USD / 40 && victim.child.exitCode === null)
        await wait(5);
      victim.child.kill('SIGKILL');
      await victim.over;
      await store.workers.reap('test', [`spender-${String(victim.child.pid)}`]);
      await store.reservations.settleLost();
      left.push(await startSpender(args));
    }
    await Promise.all(left.map(({ over }) => over));
    const total = (await store.usage.total(run.id)).costUsd ?? 0;
    const lost = await pool.query(`select from harness.usage where request_id like 'lost:%'`);
    expect(lost.rowCount).toBeGreaterThan(0);
    expect(await store.reservations.held(run.id)).toBe(0);
    // What arrived between two looks at the cap is paid for: a read's worth for each answer broken off.
    expect(provider.bill.usd).toBeLessThan(BUDGET_USD * 1.02);
    expect(total).toBeLessThan(BUDGET_USD * 1.02);
    // Nothing that the provider bills is missing from the record.
    expect(total).toBeGreaterThan(provider.bill.usd * 0.99);
    await store.close();
    await pool.end();
  },
);
