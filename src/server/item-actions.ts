import { editItem, refreshSnapshot } from '../app.ts';
import { ENDED } from '../domain/run.ts';
import { nextAddedKey, SKIPPED, type ItemDraft, type WorkItem } from '../domain/work-item.ts';
import { takeOn } from './actions.ts';
import type * as contract from './contract.ts';
import { findItem, type Found } from './find.ts';
import type { Parts } from './parts.ts';
import { Refusal } from './problems.ts';

/** One more work item for a run that still gives them out. */
export async function addItem(
  parts: Parts,
  found: Found,
  order: contract.AddWorkItem,
): Promise<WorkItem> {
  await refusePast(parts, found);
  const { items } = parts.app.store;
  const draft = (known: readonly WorkItem[]): ItemDraft => draftOf(order, known);
  const { key } = await items.addOne(found.run.id, draft, parts.person);
  return after(parts, found, key);
}

function draftOf(order: contract.AddWorkItem, known: readonly WorkItem[]): ItemDraft {
  const { title, description, priority = 3, dependencies = [], labels = [], checks } = order;
  const absent = dependencies.filter((one) => !known.some((item) => item.key === one));
  if (absent.length > 0) throw invalid(`it depends on ${absent.join(', ')}, which don't exist`);
  return {
    key: order.key ?? nextAddedKey(known),
    title,
    description,
    priority,
    dependencies,
    labels,
    checks: checks.map((line) => ({ kind: 'command', run: line, exit: 0 })),
  };
}

async function refusePast({ app: { store } }: Parts, { run }: Found): Promise<void> {
  const phases = await store.phases.list(run.id);
  const implement = phases.find(({ name }) => name === 'implement')?.status ?? 'pending';
  if (run.status === 'completed' || implement === 'completed' || implement === 'skipped')
    throw new Refusal(409, 'RUN_PAST', {
      detail: 'The run has implemented its items; start another one on this project',
    });
}

function invalid(what: string): Refusal {
  return new Refusal(422, 'ITEM_INVALID', { detail: `${what}; nothing was added` });
}

/** What a person changes of an item: its words while it waits, and whether it is worked on at all. */
export async function changeItem(
  parts: Parts,
  found: Found,
  { item, change }: { readonly item: WorkItem; readonly change: contract.ChangeWorkItem },
): Promise<WorkItem> {
  const { status, reason, ...words } = change;
  if (Object.keys(change).length === 0)
    throw new Refusal(422, 'ITEM_INVALID', { detail: 'Nothing is to be changed' });
  if (reason !== undefined && status !== 'blocked' && status !== 'skipped')
    throw new Refusal(422, 'ITEM_INVALID', { detail: 'A reason is for `blocked` and `skipped`' });
  if (Object.values(words).some((word) => word !== undefined))
    await reword(parts, found, { item, words });
  if (status !== undefined) await move(parts, item, { status, reason });
  return after(parts, found, item.key);
}

type Words = Pick<contract.ChangeWorkItem, 'title' | 'description' | 'priority' | 'labels'>;

async function reword(
  parts: Parts,
  { run }: Found,
  { item, words }: { readonly item: WorkItem; readonly words: Words },
): Promise<void> {
  if (item.status !== 'todo')
    throw new Refusal(409, 'ITEM_UNDER_WAY', {
      detail: `${item.key} is ${item.status.replace('_', ' ')}; only what waits can be changed`,
    });
  const { title, description, priority, labels } = words;
  const change = {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(priority === undefined ? {} : { priority }),
    ...(labels === undefined ? {} : { labels }),
  };
  await editItem(parts.app, { run, item }, { change, by: parts.person });
}

async function move(
  { app: { store }, person }: Parts,
  { projectId, key, status: now }: WorkItem,
  {
    status,
    reason,
  }: { readonly status: 'todo' | 'blocked' | 'skipped'; readonly reason: string | undefined },
): Promise<void> {
  // Blocking what is blocked changes nothing in the store: another reason needs it open.
  if (now === 'blocked' || status === 'todo') await store.items.retry(projectId, key, person);
  if (status === 'todo') return;
  const why = reason === undefined ? '' : `: ${reason}`;
  const words = status === 'skipped' ? `${SKIPPED}${why}` : (reason ?? 'held back by a person');
  await store.items.block(projectId, key, words, person);
}

async function after(parts: Parts, found: Found, key: string): Promise<WorkItem> {
  if (!ENDED.includes(found.run.status)) await takeOn(parts, found.run);
  await refreshSnapshot(parts.app, found.project, found.run.id);
  return findItem(parts, found, key);
}
