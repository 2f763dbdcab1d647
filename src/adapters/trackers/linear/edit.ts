import type { WorkTracker } from '../../../work/tracker.ts';
import { readHeld } from './chain.ts';
import type { Held } from './chain.ts';
import { settled } from './claims.ts';
import { UPDATE_AND_MOVE, UPDATE_ISSUE, UPDATE_RECORD } from './documents.ts';
import { isCancelled, itemOf } from './item.ts';
import type { Linear } from './linear.ts';
import { unlessMoved } from './moved.ts';
import { attachmentOf, descriptionKept, recordIdOf, shownTitle, titleKept } from './record.ts';
import type { Exact, Home } from './record.ts';
import { doneShape, issueTextShape } from './shapes.ts';

type Change = Parameters<WorkTracker['edit']>[1];

interface Order {
  readonly key: string;
  readonly change: Change;
}

/**
 * Changes what people own, and keeps what Linear cannot show as it was given. What a person did between
 * the look and the write stays: labels are added and taken away one by one, and an issue that they moved
 * goes back to where they put it.
 */
export async function edit(linear: Linear, home: Home, order: Order): Promise<void> {
  const work = (): Promise<void> => editOnce(linear, home, order);
  await unlessMoved(work, work);
}

async function editOnce(linear: Linear, home: Home, { key, change }: Order): Promise<void> {
  const held = await readHeld(linear.client, home, key);
  const { left, ...input } = await inputOf(linear, held, change);
  const stateId = await stateAfter(linear, held, change.cancelled);
  if (Object.keys(input).length === 0 && stateId === undefined) return;
  const shown = await write(linear, held, { input, stateId });
  await keepExact(linear, held, (exact) => exactAfter(exact, change, { ...shown, left }));
}

interface Input {
  readonly title?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly addedLabelIds?: readonly string[];
  readonly removedLabelIds?: readonly string[];
}

async function inputOf(
  linear: Linear,
  held: Held,
  { title, description, priority, labels }: Change,
): Promise<Input & Pick<Exact, 'left'>> {
  return {
    ...(title === undefined ? {} : { title: shownTitle(title) }),
    ...(description === undefined ? {} : { description }),
    ...(priority === undefined ? {} : { priority }),
    ...(labels === undefined ? {} : await labelChange(linear, held, labels)),
  };
}

/** The label that says blocked is the harness's. */
async function labelChange(
  linear: Linear,
  { issue }: Held,
  labels: readonly string[],
): Promise<Pick<Input, 'addedLabelIds' | 'removedLabelIds'> & Pick<Exact, 'left'>> {
  const { ids: wanted, left } = await linear.labels.ensure(labels, issue.team.id);
  const { blockedIds } = await linear.labels.read(issue.labelIds);
  const removed = issue.labelIds.filter((id) => ![...wanted, ...blockedIds].includes(id));
  return {
    ...(left.length === 0 ? {} : { left: [...left] }),
    addedLabelIds: wanted.filter((id) => !issue.labelIds.includes(id)),
    ...(removed.length === 0 ? {} : { removedLabelIds: removed }),
  };
}

/** Where it goes when it is called off, or taken back; undefined: it is there. */
async function stateAfter(
  linear: Linear,
  held: Held,
  cancelled: boolean | undefined,
): Promise<string | undefined> {
  if (cancelled === undefined || cancelled === isCancelled(held.issue)) return undefined;
  const states = await linear.workspace.statesOf(held.issue.team.id);
  if (cancelled) return states.cancelled;
  const { status } = itemOf(held, await linear.labels.read(held.issue.labelIds));
  if (status === 'done') return states.done;
  return status === 'in_progress' ? states.started : states.todo;
}

interface Shown {
  readonly title: string;
  readonly description: string;
}

/** Changes nothing of the issue, and says what its state is. */
const NOTHING: Input = Object.freeze({ addedLabelIds: [] });

async function write(
  { client }: Linear,
  { issue: { id, state } }: Held,
  { input, stateId }: { readonly input: Input; readonly stateId: string | undefined },
): Promise<Shown> {
  const moves = stateId !== undefined;
  const written = await client.ask({
    document: moves ? UPDATE_AND_MOVE : UPDATE_ISSUE,
    variables: moves ? { id, input: { ...NOTHING, ...input }, move: { stateId } } : { id, input },
    shape: issueTextShape,
  });
  // Whoever ended it meanwhile was faster; a move between states of work is no answer to that.
  if (moves && written.state.id !== state.id && isEnd(written.state.type))
    await client.ask({
      document: UPDATE_ISSUE,
      variables: { id, input: { stateId: written.state.id } },
      shape: issueTextShape,
    });
  return { title: written.title, description: written.description ?? '' };
}

function isEnd(type: string): boolean {
  return ['completed', 'canceled', 'duplicate'].includes(type);
}

/** Others write the same record when they claim: what either wrote last is looked at once more. */
const TRIES = 3;

async function keepExact(
  linear: Linear,
  first: Held,
  after: (exact: Exact) => Exact,
): Promise<void> {
  let held = first;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const exact = after(held.record.exact);
    if (JSON.stringify(exact) === JSON.stringify(held.record.exact)) break;
    await linear.client.ask({
      document: UPDATE_RECORD,
      variables: { id: recordIdOf(held.issue), input: attachmentOf({ ...held.record, exact }) },
      shape: doneShape,
    });
    held = await readHeld(linear.client, held.home, held.record.key);
  }
  await settled(linear, held.home, held);
}

function exactAfter(
  { title, description, labels, left, ...rest }: Exact,
  change: Change,
  shown: Shown & Pick<Exact, 'left'>,
): Exact {
  return {
    ...rest,
    ...(change.title === undefined
      ? { ...(title && { title }) }
      : titleKept(change.title, shown.title)),
    ...(change.description === undefined
      ? { ...(description && { description }) }
      : descriptionKept(change.description, shown.description)),
    ...(change.labels === undefined
      ? { labels, ...(left && { left }) }
      : { labels: [...change.labels], ...(shown.left && { left: shown.left }) }),
  };
}
