import { z } from 'zod';
import type { TrackedItem, TrackerComment } from '../../work/tracker.ts';
import { claimOf, damaged } from './rules.ts';

const instant = z.date().transform((date) => date.toISOString());

const itemRow = z
  .object({
    key: z.string(),
    title: z.string(),
    description: z.string(),
    priority: z.literal([0, 1, 2, 3, 4]),
    status: z.enum(['todo', 'in_progress', 'done', 'blocked']),
    dependencies: z.array(z.string()),
    labels: z.array(z.string()),
    parent: z.string().nullable(),
    cancelled: z.boolean(),
    owner: z.string().nullable(),
    // The driver gives a bigint as text.
    fence: z.coerce.number().pipe(z.int().min(0)),
    created_at: instant,
    updated_at: instant,
  })
  .transform(({ created_at: createdAt, updated_at: updatedAt, ...row }) => ({
    ...row,
    createdAt,
    updatedAt,
  }));

const commentRow = z.object({
  id: z.string(),
  author: z.string(),
  text: z.string(),
  at: instant,
});

/** An item's row, parsed. */
export type ItemRow = z.output<typeof itemRow>;

/** Rows as items; TRACKER_DAMAGED when somebody wrote what cannot be one. */
export function itemsOf(rows: readonly unknown[]): readonly ItemRow[] {
  return parsed(z.array(itemRow), rows, 'harness.tracker_item');
}

/** Parses rows of comments; throws where one isn't what the tables promise. */
export function commentsOf(rows: readonly unknown[]): readonly TrackerComment[] {
  return parsed(z.array(commentRow), rows, 'harness.tracker_comment');
}

/** The item as the port tells of it: with its claim, if one holds it. */
export function trackedOf({ owner, fence, ...row }: ItemRow): TrackedItem {
  return { ...row, claim: claimOf(row.key, { owner, fence }) };
}

function parsed<T>(schema: z.ZodType<T>, rows: readonly unknown[], table: string): T {
  const result = schema.safeParse(rows);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const column = issue?.path.slice(1).map(String).join('.') ?? '';
  throw damaged(table, `a row's ${column}: ${issue?.message ?? 'wrong shape'}`);
}
