import type { WorkTracker } from '../../../work/tracker.ts';
import { readHeld } from './chain.ts';
import type { Held } from './chain.ts';
import { UPDATE_ISSUE, UPDATE_RECORD } from './documents.ts';
import { isCancelled, itemOf } from './item.ts';
import type { Linear } from './linear.ts';
import { attachmentOf, descriptionKept, recordIdOf, shownTitle, titleKept } from './record.ts';
import type { Exact, Home } from './record.ts';
import { doneShape, issueTextShape } from './shapes.ts';

type Change = Parameters<WorkTracker['edit']>[1];

/** Changes what people own, and keeps what Linear cannot show as it was given. */
export async function edit(
  linear: Linear,
  home: Home,
  { key, change }: { readonly key: string; readonly change: Change },
): Promise<void> {
  const held = await readHeld(linear.client, home, key);
  const input = await inputOf(linear, held, change);
  if (Object.keys(input).length === 0) return;
  const shown = await linear.client.ask({
    document: UPDATE_ISSUE,
    variables: { id: held.issue.id, input },
    shape: issueTextShape,
  });
  const exact = exactAfter(held.record.exact, change, {
    title: shown.title,
    description: shown.description ?? '',
  });
  if (JSON.stringify(exact) === JSON.stringify(held.record.exact)) return;
  await linear.client.ask({
    document: UPDATE_RECORD,
    variables: { id: recordIdOf(held.issue), input: attachmentOf({ ...held.record, exact }) },
    shape: doneShape,
  });
}

async function inputOf(
  linear: Linear,
  held: Held,
  { title, description, priority, labels, cancelled }: Change,
): Promise<Readonly<Record<string, unknown>>> {
  return {
    ...(title === undefined ? {} : { title: shownTitle(title) }),
    ...(description === undefined ? {} : { description }),
    ...(priority === undefined ? {} : { priority }),
    ...(labels === undefined ? {} : { labelIds: await labelIds(linear, held, labels) }),
    ...(cancelled === undefined || cancelled === isCancelled(held.issue)
      ? {}
      : { stateId: await stateAfter(linear, held, cancelled) }),
  };
}

/** The label that says blocked is the harness's. */
async function labelIds(
  linear: Linear,
  { issue }: Held,
  labels: readonly string[],
): Promise<readonly string[]> {
  const ids = await linear.labels.ensure(labels);
  const { blocked } = await linear.labels.read(issue.labelIds);
  return blocked ? [...ids, await linear.labels.blocked()] : ids;
}

async function stateAfter(linear: Linear, held: Held, cancelled: boolean): Promise<string> {
  const { states } = await linear.workspace.team();
  if (cancelled) return states.cancelled;
  const { status } = itemOf(held, await linear.labels.read(held.issue.labelIds));
  if (status === 'done') return states.done;
  return status === 'in_progress' ? states.started : states.todo;
}

function exactAfter(
  { title, description, labels, ...rest }: Exact,
  change: Change,
  shown: { readonly title: string; readonly description: string },
): Exact {
  return {
    ...rest,
    ...(change.title === undefined
      ? { ...(title && { title }) }
      : titleKept(change.title, shown.title)),
    ...(change.description === undefined
      ? { ...(description && { description }) }
      : descriptionKept(change.description, shown.description)),
    labels: change.labels === undefined ? labels : [...change.labels],
  };
}
