import { hasCode } from '../../../domain/errors.ts';
import type { NewItem } from '../../../work/tracker.ts';
import { issuesById } from './board.ts';
import { COUNT_ISSUES, CREATE_ISSUES, together } from './documents.ts';
import { FREE_ISSUES, full, TAKEN } from './ends.ts';
import { idOf } from './ids.ts';
import type { Linear } from './linear.ts';
import { freshRecord, issueIdOf, newAttachment, recordOf, shownTitle } from './record.ts';
import type { Home } from './record.ts';
import { countShape, doneShape } from './shapes.ts';
import type { Issue } from './shapes.ts';
import { relationsOf } from './whole.ts';

/** Issues of one request. */
const BATCH = 25;

/**
 * Creates the issues whose items are new, their records, and what blocks what. Every id follows from
 * the item's key: repeated after a crash, it makes what is still missing and nothing twice.
 */
export async function create(linear: Linear, items: readonly NewItem[]): Promise<void> {
  const wanted = [
    ...new Map(items.toReversed().map((item) => [item.key, item])).values(),
  ].toReversed();
  if (wanted.length === 0) return;
  const home = await linear.workspace.ensureHome();
  let coming = wanted.length;
  for (const batch of batchesOf(wanted)) {
    const made = await createIssues(linear, home, { batch, coming });
    await attachRecords(linear, home, { batch, ...made });
    coming -= batch.length;
  }
  await relate(linear, home, wanted);
}

/** What others are a part of comes first; what is a part of itself is taken with the rest. */
function batchesOf(items: readonly NewItem[]): readonly (readonly NewItem[])[] {
  const batches: (readonly NewItem[])[] = [];
  for (let left = items; left.length > 0;) {
    const open = new Set(left.map(({ key }) => key));
    const free = left.filter(({ parent }) => parent === null || !open.has(parent));
    const batch = (free.length > 0 ? free : left).slice(0, BATCH);
    batches.push(batch);
    left = left.filter((item) => !batch.includes(item));
  }
  return batches;
}

interface Batch {
  readonly batch: readonly NewItem[];
  /** Items still to be created, with those of this batch. */
  readonly coming: number;
}

interface Made {
  readonly issues: ReadonlyMap<string, Issue>;
  /** Ids of those that an earlier try made. */
  readonly earlier: ReadonlySet<string>;
}

async function createIssues(linear: Linear, home: Home, { batch, coming }: Batch): Promise<Made> {
  const ids = batch.map(({ key }) => issueIdOf(home, key));
  const parents = batch.flatMap(({ parent }) => (parent === null ? [] : [issueIdOf(home, parent)]));
  const there = await issuesById(linear.client, [...new Set([...ids, ...parents])]);
  const missing = batch.filter(({ key }) => !there.has(issueIdOf(home, key)));
  const earlier = new Set(there.keys());
  if (missing.length === 0) return { issues: there, earlier };
  await refuseBeyondPlan(linear, coming - (batch.length - missing.length));
  const inputs: Input[] = [];
  for (const item of missing) {
    const parent = there.get(issueIdOf(home, item.parent ?? ''));
    const parentId = parent === undefined || parent.trashed === true ? {} : { parentId: parent.id };
    inputs.push({ ...(await inputOf(linear, home, item)), ...parentId });
  }
  await makeIssues(linear, inputs);
  return { issues: await issuesById(linear.client, ids), earlier };
}

type Input = Awaited<ReturnType<typeof inputOf>> & { readonly parentId?: string };

/**
 * One at a time where an id of several is taken: by somebody who creates the same at the same time, or
 * by an issue that a person deleted for good, which is not made again.
 */
async function makeIssues(linear: Linear, issues: readonly Input[]): Promise<void> {
  try {
    await linear.client.ask({ document: CREATE_ISSUES, variables: { issues }, shape: doneShape });
  } catch (error) {
    if (!hasCode(error, TAKEN)) throw error;
    if (issues.length === 1) return;
    for (const one of issues) await makeIssues(linear, [one]);
  }
}

async function inputOf(linear: Linear, { linearProject, ...home }: Home, item: NewItem) {
  const { id: teamId, states } = await linear.workspace.team();
  return {
    id: issueIdOf({ linearProject, ...home }, item.key),
    teamId,
    projectId: linearProject,
    stateId: states.todo,
    title: shownTitle(item.title),
    description: item.description,
    priority: item.priority,
    labelIds: (await linear.labels.ensure(item.labels, teamId)).ids,
  };
}

/** Before the first write: half a plan in the tracker helps nobody. */
async function refuseBeyondPlan({ client, workspace }: Linear, more: number): Promise<void> {
  const { free } = await workspace.team();
  if (!free) return;
  const kept = await client.ask({ document: COUNT_ISSUES, variables: {}, shape: countShape });
  if (kept + more <= FREE_ISSUES) return;
  throw full(
    `Linear's free plan has room for ${FREE_ISSUES} issues: there are ${kept}, and ${more} more are to be made`,
  );
}

/** Also for issues of an earlier try that ended before they had one. */
async function attachRecords(
  { client, labels }: Linear,
  home: Home,
  { batch, issues, earlier }: Pick<Batch, 'batch'> & Made,
): Promise<void> {
  const bare = batch.flatMap((item) => {
    const issue = issues.get(issueIdOf(home, item.key));
    const known = issue === undefined || issue.trashed === true || recordOf(home, issue);
    return known === undefined && issue !== undefined ? [{ item, issue }] : [];
  });
  if (bare.length === 0) return;
  const inputs: ReturnType<typeof newAttachment>[] = [];
  for (const { item, issue } of bare) {
    const theirs = earlier.has(issue.id) && changedSince(issue);
    const { left } = await labels.ensure(item.labels, issue.team.id);
    const parentTheirs = theirs && earlier.has(issueIdOf(home, item.parent ?? ''));
    const fresh = freshRecord(home, item, { issue, theirs, parentTheirs, left });
    inputs.push(newAttachment(issue.id, fresh));
  }
  await client.ask({
    document: together('attachmentCreate', 'AttachmentCreateInput', inputs.length),
    variables: Object.fromEntries(inputs.map((input, index) => [`i${index}`, input])),
    shape: doneShape,
  });
}

/**
 * Whether it was changed since it was made. What Linear's editor made of a text can't be told from what a
 * person did then, so theirs it is.
 */
function changedSince({ createdAt, updatedAt }: Issue): boolean {
  return updatedAt !== createdAt;
}

interface Relation {
  readonly id: string;
  readonly issueId: string;
  readonly relatedIssueId: string;
  readonly type: 'blocks';
}

/** Shows people what waits for what; the order of work follows from the records. */
async function relate(linear: Linear, home: Home, items: readonly NewItem[]): Promise<void> {
  const cards = await linear.board.all(home);
  const there = new Set(cards.map(({ record }) => record.key));
  const touched = new Set(items.map(({ key }) => key));
  const wanted = cards.flatMap(({ record: { key, exact } }) =>
    exact.dependencies
      .filter((needed) => needed !== key && there.has(needed))
      .filter((needed) => touched.has(key) || touched.has(needed))
      .map((needed) => relationOf(home, needed, key)),
  );
  const missing = await notYetMade(linear, [
    ...new Map(wanted.map((one) => [one.id, one])).values(),
  ]);
  for (let start = 0; start < missing.length; start += BATCH)
    await makeRelations(linear, missing.slice(start, start + BATCH));
}

function relationOf(home: Home, needed: string, key: string): Relation {
  const issueId = issueIdOf(home, needed);
  const relatedIssueId = issueIdOf(home, key);
  return { id: idOf('blocks', issueId, relatedIssueId), issueId, relatedIssueId, type: 'blocks' };
}

async function notYetMade(
  { client }: Linear,
  relations: readonly Relation[],
): Promise<readonly Relation[]> {
  const ids = [...new Set(relations.map(({ relatedIssueId }) => relatedIssueId))];
  const there = [...(await relationsOf(client, ids)).values()].flat();
  const made = new Set(there.map(({ id }) => id));
  return relations.filter(({ id }) => !made.has(id));
}

/** One at a time where several at once met one that a person removed, or another process made. */
async function makeRelations(linear: Linear, relations: readonly Relation[]): Promise<void> {
  const make = (inputs: readonly Relation[]) =>
    linear.client.ask({
      document: together('issueRelationCreate', 'IssueRelationCreateInput', inputs.length),
      variables: Object.fromEntries(inputs.map((input, index) => [`i${index}`, input])),
      shape: doneShape,
    });
  try {
    await make(relations);
  } catch (error) {
    if (!hasCode(error, TAKEN)) throw error;
    if (relations.length === 1) return;
    for (const one of relations) await makeRelations(linear, [one]);
  }
}
