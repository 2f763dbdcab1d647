import type { Approval } from './domain/approval.ts';
import type { Attempt } from './domain/attempt.ts';
import { DOCUMENTS } from './domain/document.ts';
import { hasCode } from './domain/errors.ts';
import type { Project, Run } from './domain/run.ts';
import type { WorkItem } from './domain/work-item.ts';
import { documentOf } from './engine/asked-state.ts';
import { knownSecrets } from './known-secrets.ts';
import type { App } from './open-app.ts';
import { redactorOf } from './safety/redact.ts';
import type { Hub } from './workspaces/hub.ts';

/** A document that a person is asked about, as it stands on main now. */
export interface AskedDocument {
  /** Relative to the project. */
  readonly path: string;
  readonly text: string;
}

/** What one work item changed, or has changed so far. */
export interface ItemDiff {
  /** The same as `newer`: it is done, and changed nothing. Null: there is no work yet. */
  readonly older: string | null;
  readonly newer: string | null;
  readonly files: readonly {
    readonly path: string;
    readonly deed: 'adds' | 'changes' | 'removes';
  }[];
  /** Unified, without secrets; hostile bytes still, and cut where it gets long. */
  readonly diff: string;
}

/** Null where no document is asked about, or main has none. */
export async function askedDocument(
  app: App,
  project: Project,
  { change, phase }: Approval,
): Promise<AskedDocument | null> {
  const path = change === null ? documentOf(phase) : undefined;
  if (path === undefined) return null;
  const hub = await app.hubOf(project);
  const head = await headIfAny(hub);
  const text = head === undefined ? undefined : await hub.readFile(head, path);
  return text === undefined ? null : { path, text };
}

/** What the planning phases left on main, in the order of the phases. */
export async function planDocuments(
  app: App,
  project: Project,
): Promise<readonly (AskedDocument & { readonly phase: keyof typeof DOCUMENTS })[]> {
  const hub = await app.hubOf(project);
  const head = await headIfAny(hub);
  const documents: (AskedDocument & { readonly phase: keyof typeof DOCUMENTS })[] = [];
  if (head === undefined) return documents;
  for (const phase of ['ideation', 'architecture', 'task_breakdown'] as const) {
    const path = DOCUMENTS[phase];
    const text = await hub.readFile(head, path);
    if (text !== undefined) documents.push({ phase, path, text });
  }
  return documents;
}

/** Undefined before anything was committed. */
async function headIfAny(hub: Hub): Promise<string | undefined> {
  try {
    return await hub.head();
  } catch (error) {
    if (hasCode(error, 'HUB_EMPTY')) return undefined;
    throw error;
  }
}

/** Of a finished item what it brought to main; else what its newest attempt has handed in. */
export async function itemDiff(
  app: App,
  project: Project,
  { run, item }: { readonly run: Run; readonly item: WorkItem },
): Promise<ItemDiff> {
  const hub = await app.hubOf(project);
  const attempts = await app.store.attempts.list(run.id, { itemKey: item.key });
  const ends =
    item.commit === null ? await handedIn(hub, attempts) : await merged(hub, item.commit, attempts);
  if (ends === undefined) return { older: null, newer: null, files: [], diff: '' };
  if (ends.older === ends.newer) return { ...ends, files: [], diff: '' };
  const files = await hub.changedFiles(ends.older, ends.newer);
  const paths = files.map(({ path }) => path);
  const diff = paths.length === 0 ? '' : await hub.diff({ ...ends, paths });
  return {
    ...ends,
    files: files.map(({ path, deed }) => ({ path, deed })),
    diff: redactorOf(knownSecrets(app))(diff),
  };
}

interface Ends {
  readonly older: string;
  readonly newer: string;
}

/** What was proved without a change is done at main as it was: that commit is another's. */
async function merged(hub: Hub, commit: string, attempts: readonly Attempt[]): Promise<Ends> {
  const { parent, attemptId } = await hub.changeAt(commit);
  const own = attempts.some(({ id }) => id === attemptId);
  return { older: own ? parent : commit, newer: commit };
}

async function handedIn(hub: Hub, attempts: readonly Attempt[]): Promise<Ends | undefined> {
  const newest = attempts.at(-1);
  const newer = newest === undefined ? undefined : await hub.workOf(newest.id);
  return newer === undefined ? undefined : { older: await hub.head(), newer };
}
