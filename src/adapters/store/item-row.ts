import { and, eq, type SQL } from 'drizzle-orm';
import { HarnessError } from '../../domain/errors.ts';
import type { WorkItem } from '../../domain/work-item.ts';
import * as t from './schema.ts';
import type { Tx } from './transaction.ts';

/** The columns that make a WorkItem. */
export const ITEM = {
  projectId: t.item.projectId,
  runId: t.item.runId,
  key: t.item.key,
  title: t.item.title,
  description: t.item.description,
  priority: t.item.priority,
  dependencies: t.item.dependencies,
  parent: t.item.parent,
  labels: t.item.labels,
  checks: t.item.checks,
  status: t.item.status,
  failures: t.item.failures,
  attempts: t.item.attempts,
  notBefore: t.item.notBefore,
  reason: t.item.reason,
  feedback: t.item.feedback,
  commit: t.item.commit,
  createdAt: t.item.createdAt,
  updatedAt: t.item.updatedAt,
};

/** The condition that a row is this item. */
export function isItem(projectId: string, key: string): SQL | undefined {
  return and(eq(t.item.projectId, projectId), eq(t.item.key, key));
}

/** Its row, locked until the end of the transaction; throws `ITEM_UNKNOWN` (exit 2). */
export async function lockItem({ db }: Tx, projectId: string, key: string): Promise<WorkItem> {
  const [item] = await db
    .select(ITEM)
    .from(t.item)
    .where(isItem(projectId, key))
    .for('no key update');
  if (item !== undefined) return item;
  const message = `There is no work item ${key} in this project; \`harness items\` names them.`;
  throw new HarnessError('ITEM_UNKNOWN', message, { exit: 2 });
}
