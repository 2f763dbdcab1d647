import { expect, test } from 'vitest';
import { z } from 'zod';
import { aServer } from '../server/a-server.ts';

const described = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});

/** Numbers that look like chance and are the same each time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const WORDS = [
  '',
  ' ',
  '0',
  '-1',
  'x',
  'API-1',
  'null',
  '../x',
  '%00',
  '\u202E',
  '💥',
  "' or 1=1 --",
  'now',
  'true',
  'a'.repeat(300),
  'AAAA',
  '1e9',
  'running',
  '--help',
  '{}',
  'done',
  'skipped',
  'implement',
];
const VALUES: readonly unknown[] = [
  ...WORDS,
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  [],
  {},
  ['x'],
  { a: { b: 1 } },
];
const NAMES = [
  'name',
  'idea',
  'title',
  'status',
  'reason',
  'approval',
  'state',
  'text',
  'checks',
  'priority',
  'rehearse',
  'parallel',
  'budget_usd',
  'from',
  'description',
  'directory',
  'dependencies',
  'now',
  'other',
];
const QUERIES = [
  'limit',
  'cursor',
  'after',
  'status',
  'offset',
  'by',
  'item',
  'open',
  'include_phases',
];

test(
  '2,000 requests of any shape to every described path are answered, none with an error of ours',
  { timeout: 240_000 },
  async () => {
    await using server = await aServer();
    const { projectId } = await server.runOf('shop');
    const { paths } = described.parse((await server.ask('/openapi.json')).json);
    const targets = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })),
    );
    const roll = dice(7);
    const one = <T>(from: readonly T[]): T | undefined => from[Math.floor(roll() * from.length)];
    const filled = (path: string): string =>
      path.replaceAll(/\{(\w+)\}/gu, (_, name) =>
        name === 'id' && roll() < 0.8 ? projectId : encodeURIComponent(one(WORDS) ?? ''),
      );
    const request = () => {
      const { path, method } = one(targets) ?? { path: '/', method: 'GET' };
      const fields = Array.from({ length: Math.floor(roll() * 4) }, () => [
        one(NAMES),
        one(VALUES),
      ]);
      const query = roll() < 0.5 ? '' : `?${one(QUERIES)}=${encodeURIComponent(one(WORDS) ?? '')}`;
      const body =
        method === 'POST' || method === 'PATCH' ? { body: Object.fromEntries(fields) } : {};
      const headers = {
        accept: 'application/json',
        ...(roll() < 0.1 ? { 'idempotency-key': `k${Math.floor(roll() * 9)}` } : {}),
      };
      // A stream that never ends is asked for elsewhere.
      return path === '/v1/events'
        ? server.ask('/v1/health')
        : server.ask(filled(path) + query, { method, ...body, headers });
    };
    const statuses = new Map<number, number>();
    for (let round = 0; round < 100; round += 1)
      for (const { status } of await Promise.all(Array.from({ length: 20 }, request)))
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
    expect(
      server.lines.filter((line) => line.startsWith('api: ') && !line.includes('webhook')),
    ).toEqual([]);
    expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
    expect([200, 400, 404].every((status) => (statuses.get(status) ?? 0) > 50)).toBe(true);
  },
);
