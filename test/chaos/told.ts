import { Pool } from 'pg';
import { z } from 'zod';
import { fieldOf, isEntity, textOf } from '../support/linear/fields.ts';
import type { FakeLinear } from '../support/linear/start-fake-linear.ts';
import type { Entity } from '../support/linear/store.ts';
import type { Arena } from './arena.ts';

/** What Linear was told, beside what the store meant to tell it. */
export interface Told {
  /** Keys of the items, one for each issue. */
  readonly keys: readonly string[];
  /** Types of the issues' states. */
  readonly states: readonly string[];
  /** Comments of the outbox as they stand in Linear, and as they were queued; each once. */
  readonly comments: readonly string[];
  readonly wanted: readonly string[];
  /** Claims that never ended. */
  readonly openClaims: readonly string[];
  /** Writes that still wait. */
  readonly unsent: number;
}

const queued = z.array(
  z.object({
    op: z.object({ op: z.string(), key: z.string().optional(), text: z.string().optional() }),
    done: z.boolean(),
  }),
);

export async function toldOf(arena: Arena, fake: FakeLinear): Promise<Told> {
  const issues = fake.store.all('Issue');
  const writes = await outboxOf(arena);
  const bodies = fake.store.all('Comment').map((comment) => ({
    key: keyOf(fake, textOf(comment['issueId'])),
    text: textOf(comment['body']).split('\n\n[harness]')[0] ?? '',
  }));
  const said = bodies.filter(
    ({ text }) => /\n\n— .* · \[harness\]/s.test(text) || text.includes('— '),
  );
  return {
    keys: issues.map((issue) => keyOf(fake, issue.id)).toSorted(),
    states: issues.map((issue) => stateOf(fake, issue)),
    comments: said
      .map(({ key, text }) => `${key}: ${(text.split('\n\n— ')[0] ?? '').trim()}`)
      .toSorted(),
    wanted: writes
      .filter(({ op }) => op.op === 'comment')
      .map(({ op }) => `${op.key ?? ''}: ${(op.text ?? '').trim()}`)
      .toSorted(),
    openClaims: openIn(bodies),
    unsent: writes.filter(({ done }) => !done).length,
  };
}

async function outboxOf({ databaseUrl }: Arena): Promise<z.output<typeof queued>> {
  const pool = new Pool({ connectionString: databaseUrl ?? '', max: 1 });
  try {
    const { rows } = await pool.query('select op, done_at is not null as done from harness.outbox');
    return queued.parse(rows);
  } finally {
    await pool.end();
  }
}

function keyOf({ store }: FakeLinear, issueId: string): string {
  const records = store.all('Attachment').filter((one) => one['issueId'] === issueId);
  return records.map((one) => textOf(Reflect.get(Object(one['metadata']), 'key'))).join(' and ');
}

function stateOf({ store }: FakeLinear, issue: Entity): string {
  const state = fieldOf(store, issue, 'state');
  return isEntity(state) ? textOf(state['type']) : '';
}

function openIn(bodies: readonly { readonly key: string; readonly text: string }[]): string[] {
  const claimOf = ({ key, text }: (typeof bodies)[number]): string =>
    `${key} ${/\(claim \d+\)/.exec(text)?.[0] ?? ''}`;
  const made = bodies.filter(({ text }) => text.startsWith('Claimed by'));
  const ended = bodies.filter(({ text }) => /^(?:Done|Given back|Blocked) \(claim/.test(text));
  const over = new Set(ended.map((one) => claimOf(one)));
  return made.map((one) => claimOf(one)).filter((claim) => !over.has(claim));
}
