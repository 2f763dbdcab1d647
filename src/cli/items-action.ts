import { describeCheck } from '../domain/check.ts';
import { HarnessError } from '../domain/errors.ts';
import type { PhaseStatus } from '../domain/phase.ts';
import { ENDED, type Run } from '../domain/run.ts';
import {
  nextAddedKey,
  outOfTheWay,
  SKIPPED,
  type ItemDraft,
  type Priority,
  type WorkItem,
} from '../domain/work-item.ts';
import { eventsAfter, type App, type Reader } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withApp, withReader } from './context.ts';
import { findProject, type Found } from './find-project.ts';
import { person } from './person.ts';
import { refreshSnapshot } from './refresh-snapshot.ts';
import { lineWidth, table } from './table.ts';
import { unknownItem, whyNow } from './why-action.ts';

/** Flags of `items add`, as commander gives them. */
export interface AddOptions extends CommonOptions {
  readonly title: string;
  readonly description: string;
  readonly check: readonly string[];
  readonly key?: string;
  readonly depends?: readonly string[];
  readonly labels?: readonly string[];
  readonly priority?: number;
}

/** All work items, a line each. */
export async function listAction(options: CommonOptions): Promise<void> {
  const context = openContext(options);
  await withReader(context, async (reader) => {
    const items = await itemsOf(reader, await findProject(reader, context));
    for (const item of items) context.output.object(item);
    if (items.length === 0) context.output.talk('no work items yet: task_breakdown makes them');
    const shape = { width: lineWidth(), shrinks: TITLE };
    for (const line of table(items.map(itemRow), shape)) context.output.data(line);
  });
}

/** Column of the list that may be of any length. */
const TITLE = 2;

/** One line of the list. */
export function itemRow(item: WorkItem): readonly string[] {
  const waits = item.dependencies.length === 0 ? '' : `after ${item.dependencies.join(', ')}`;
  const note = item.status === 'blocked' ? (item.reason ?? '').split('\n', 1)[0] : waits;
  return [item.key, item.status.replace('_', ' '), item.title, note ?? ''];
}

/** Everything about one work item. */
export async function showAction(key: string, options: CommonOptions): Promise<void> {
  const context = openContext(options);
  await withReader(context, async (reader) => {
    const found = await findProject(reader, context);
    const items = await itemsOf(reader, found);
    const item = items.find((one) => one.key === key) ?? unknownItem(key);
    const attempts = await reader.store.attempts.list(found.run.id, { itemKey: key });
    const pictures = await screenshotsOf(reader, found, key);
    context.output.object({ ...item, tries: attempts, screenshots: pictures });
    const why = await whyNow(reader, found, key);
    for (const line of itemLines(item)) context.output.data(line);
    for (const { number, end, sessionId } of attempts)
      context.output.data(
        `try ${number}     ${end?.status ?? 'under way'}, \`harness logs --session ${sessionId.slice(0, 8)}\``,
      );
    for (const file of pictures) context.output.data(`screenshot ${file}`);
    context.output.data(`\n${why.cause}\nNext: ${why.action}`);
  });
}

/** Below the project's folder, of all tries; the oldest first. */
async function screenshotsOf(
  { store }: Reader,
  { project, run }: Found,
  key: string,
): Promise<readonly string[]> {
  const events = await eventsAfter(store, project.id, 0);
  return events.flatMap(({ runId, event }) =>
    runId === run.id && event.type === 'screenshots.kept' && event.subject.item === key
      ? event.files
      : [],
  );
}

/** A work item for a person. */
export function itemLines(item: WorkItem): string[] {
  return [
    `${item.key}  ${item.title}`,
    '',
    item.description.trim(),
    '',
    `status    ${item.status.replace('_', ' ')}${item.commit === null ? '' : `, commit ${item.commit.slice(0, 10)}`}`,
    `priority  ${item.priority}`,
    ...(item.dependencies.length === 0 ? [] : [`after     ${item.dependencies.join(', ')}`]),
    ...((item.labels ?? []).length === 0 ? [] : [`labels    ${item.labels?.join(', ')}`]),
    ...(item.parent == null ? [] : [`part of   ${item.parent}`]),
    ...item.checks.map((check) => `check     ${describeCheck(check)}`),
    `failures  ${item.failures} of ${item.attempts} tries`,
  ];
}

/** One more work item for a run that still gives them out; without a key of its own never twice the same. Throws `ITEM_INVALID`, `ITEM_TAKEN`, `RUN_PAST` (exit 2). */
export async function addAction(options: AddOptions): Promise<void> {
  const context = openContext(options);
  await withApp(context, async (app) => {
    const found = await findProject(app, context);
    await refusePast(app, found);
    const draft = (known: readonly WorkItem[]): ItemDraft => draftOf(options, found.run, known);
    const item = await app.store.items.addOne(found.run.id, draft, person());
    await refreshSnapshot(app, found.project, found.run.id);
    context.output.object(item);
    context.output.data(`${item.key} added. ${await goesOn(app, found)}`);
  });
}

async function refusePast({ store }: Reader, { run }: Found): Promise<void> {
  const phases = await store.phases.list(run.id);
  const implement = phases.find((phase) => phase.name === 'implement')?.status ?? 'pending';
  // Demo mode takes up what comes later.
  if (run.settings.demo !== undefined && implement !== 'skipped') return;
  const past: readonly PhaseStatus[] = ['completed', 'skipped'];
  if (run.status === 'completed' || past.includes(implement))
    throw new HarnessError(
      'RUN_PAST',
      'The run has implemented its items; `harness run --existing --idea TEXT` starts another one on this project',
      { exit: 2 },
    );
}

function draftOf(options: AddOptions, { id }: Run, known: readonly WorkItem[]): ItemDraft {
  const { title, description, check, depends = [], labels = [] } = options;
  const key = options.key ?? nextAddedKey(known);
  if (!/^[A-Za-z][A-Za-z0-9-]{0,31}$/u.test(key)) throw invalid(`${key} is no key like API-3`);
  if (title.trim() === '' || title.length > 500) throw invalid('--title needs 1 to 500 characters');
  if (description.trim() === '') throw invalid('--description is empty');
  const absent = depends.filter((one) => !known.some((item) => item.key === one));
  if (absent.length > 0) throw invalid(`--depends names ${absent.join(', ')}, which don't exist`);
  const draft: ItemDraft = {
    key,
    title: title.trim(),
    description: description.trim(),
    priority: priorityOf(options.priority),
    dependencies: depends,
    labels,
    checks: check.map((run) => ({ kind: 'command', run, exit: 0 })),
  };
  const own = known.filter((item) => item.runId === id);
  if (options.key === undefined) refuseTwin(draft, own);
  return draft;
}

/** Whoever got no answer sends it again: what is still open with the same words is that one. */
function refuseTwin({ title, description }: ItemDraft, known: readonly WorkItem[]): void {
  const twin = known.find(
    (item) => !outOfTheWay(item) && item.title === title && item.description === description,
  );
  if (twin !== undefined)
    throw invalid(
      `${twin.key} says the same and is not done yet: \`harness items show ${twin.key}\`; if another one like it is meant, name it with --key`,
    );
}

function priorityOf(number = 3): Priority {
  const all: readonly Priority[] = [0, 1, 2, 3, 4];
  return all.find((one) => one === number) ?? 3;
}

function invalid(what: string): HarnessError {
  return new HarnessError('ITEM_INVALID', `${what}; nothing was added`, { exit: 2 });
}

/** Another try for a blocked one. */
export function retryAction(key: string, options: CommonOptions): Promise<void> {
  return change(key, options, async (app, { project }) => {
    await app.store.items.retry(project.id, key, person());
    return 'to be tried again';
  });
}

/** A person takes it out of the plan: counts as settled. */
export function skipAction(
  key: string,
  options: CommonOptions & { readonly reason?: string },
): Promise<void> {
  const why = options.reason === undefined ? '' : `: ${options.reason}`;
  return change(key, options, async (app, { project }) => {
    await freeForReason(app, project.id, { key, reason: `${SKIPPED}${why}` });
    await app.store.items.block(project.id, key, `${SKIPPED}${why}`, person());
    return 'skipped; what depends on it goes on without it';
  });
}

/** A skip of an item that is blocked for another reason changes that: blocking twice is no-op in the store. */
async function freeForReason(
  { store }: App,
  projectId: string,
  { key, reason }: Pick<WorkItem, 'key' | 'reason'>,
): Promise<void> {
  const item = await store.items.get(projectId, key);
  if (item?.status === 'blocked' && item.reason !== reason)
    await store.items.retry(projectId, key, person());
}

/** A person holds it back: the run fails at its end unless it is retried. */
export function blockAction(
  key: string,
  options: CommonOptions & { readonly reason: string },
): Promise<void> {
  return change(key, options, async (app, { project }) => {
    await app.store.items.block(project.id, key, options.reason, person());
    return 'blocked';
  });
}

async function change(
  key: string,
  options: CommonOptions,
  act: (app: App, found: Found) => Promise<string>,
): Promise<void> {
  const context = openContext(options);
  await withApp(context, async (app) => {
    const found = await findProject(app, context);
    if ((await app.store.items.get(found.project.id, key)) === undefined) unknownItem(key);
    const done = await act(app, found);
    await refreshSnapshot(app, found.project, found.run.id);
    context.output.object({ item: key, done });
    context.output.data(`${key}: ${done}. ${await goesOn(app, found)}`);
  });
}

async function goesOn(app: App, { run }: Found): Promise<string> {
  if (!ENDED.includes(run.status) && (await app.hosted(run))) return 'The run takes it up.';
  const again = run.settings.demo === undefined ? 'resume' : 'demo';
  return `No process hosts this run; \`harness ${again}\` goes on.`;
}

async function itemsOf({ store }: Reader, { project, run }: Found): Promise<readonly WorkItem[]> {
  return (await store.items.list(project.id)).filter((item) => item.runId === run.id);
}
