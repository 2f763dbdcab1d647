import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CORPORA } from '../support/corpora.ts';
import { tableOf } from '../support/table-of.ts';
import { BOTH, outputAs, whyNot, type Who } from './as-somebody.ts';
import type { Ran, Report, World } from './contained/run-rows.ts';

const RUNNER = join(import.meta.dirname, 'contained/run-rows.ts');

/** Names under which programs look for what they may spend. */
const VARIABLES = ['AWS_SECRET_ACCESS_KEY', 'GITHUB_TOKEN', 'DATABASE_URL', 'NPM_TOKEN'];

/**
 * Not the box of a session: a world in which a hostile row harms nothing but its bait, and everything
 * else of this machine is there to be read. No process, port or file of the host can be changed.
 */
const throwAway = (folder: string): readonly string[] =>
  [
    `bwrap --ro-bind / / --dev /dev --proc /proc --bind ${folder} ${folder}`,
    '--unshare-net --unshare-pid --unshare-ipc --die-with-parent --cap-drop ALL',
  ].flatMap((line) => line.split(' '));

async function played(who: Who, world: World): Promise<Report> {
  const canary = `row-canary-${randomBytes(8).toString('hex')}`;
  const output = await outputAs(who, {
    program: RUNNER,
    args: [world, canary],
    env: {
      HARNESS_CORPORA: CORPORA ?? '',
      ...Object.fromEntries(VARIABLES.map((name) => [name, canary])),
    },
    ...(world === 'unsealed' ? { inside: throwAway } : {}),
  });
  return JSON.parse(output);
}

const got = ({ read, changed, hits }: Ran): boolean => read || changed || hits > 0;

function counts(world: string, rows: readonly Ran[]): readonly (string | number)[] {
  const of = (which: (row: Ran) => boolean): number => rows.filter(which).length;
  return [
    world,
    of(({ how }) => how === 'as it is'),
    of(({ how }) => how === 'aimed'),
    of(({ end }) => end === 'by its limit'),
    of(({ read }) => read),
    of(({ changed }) => changed),
    of(({ hits }) => hits > 0),
  ];
}

const obstacles = Object.fromEntries(
  await Promise.all(BOTH.map(async (who) => [who, await whyNot(who, RUNNER)] as const)),
);
const reason = (who: Who): string | undefined =>
  CORPORA === undefined ? 'HARNESS_CORPORA is not set' : obstacles[who];
const told = (who: Who): string => (reason(who) === undefined ? '' : ` (skipped: ${reason(who)})`);

describe('rows of gtfobins and dangerous that the policy lets through', () => {
  const table: (readonly (string | number)[])[] = [];
  const possible = BOTH.filter((who) => reason(who) === undefined);
  const [first = 'user'] = possible;
  let open: Report;

  beforeAll(async () => {
    if (possible.length > 0) open = await played(first, 'unsealed');
  });

  afterAll(() => {
    process.stdout.write(`${tableOf(HEAD, table)}\n`);
  });

  test.skipIf(possible.length === 0)(
    `without a box many of them find bait, so this test can fail${told(first)}`,
    () => {
      table.push(counts('without a box', open.rows));
      expect(open.rows.filter(({ begun }) => !begun)).toEqual([]);
      const aimed = open.rows.filter(({ how }) => how === 'aimed');
      expect(aimed.filter(({ read }) => read).length).toBeGreaterThan(5);
      expect(aimed.filter(({ changed }) => changed).length).toBeGreaterThan(5);
      expect(aimed.filter(({ hits }) => hits > 0).length).toBeGreaterThan(5);
      expect(open.fixedHits).toBeGreaterThan(5);
    },
  );

  test.each(BOTH)(
    'I8 in the box of a session, as %s, none finds or changes anything',
    async (who) => {
      if (reason(who) !== undefined) return;
      const { rows, ...report } = await played(who, 'sealed');
      table.push(counts(`in a box, as ${who}`, rows));
      expect(rows.filter(({ begun }) => !begun)).toEqual([]);
      expect(rows.filter(got)).toEqual([]);
      expect(report).toMatchObject({ fixedHits: 0, homeUnchanged: true });
      // What was proved open without a box is what was carried out here.
      expect(rows.map(({ id, how }) => [id, how])).toEqual(
        open.rows.map(({ id, how }) => [id, how]),
      );
    },
  );
});

const HEAD = ['rows', 'as they are', 'aimed', 'ended by limit', 'read', 'changed', 'hit'];
