import { HarnessError } from '../domain/errors.ts';
import { whyItem, whyRun, type Why } from '../domain/why.ts';
import { currentPhase, type Reader } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withReader } from './context.ts';
import { findProject, type Found } from './find-project.ts';

/** Says the one cause of the present wait or stop, and the next action. */
export async function whyAction(key: string | undefined, options: CommonOptions): Promise<void> {
  const context = openContext(options);
  await withReader(context, async (reader) => {
    const found = await findProject(reader, context);
    const why = await (key === undefined ? ofRun(reader, found) : ofItem(reader, found, key));
    context.output.object({ item: key ?? null, ...why });
    context.output.data(why.cause);
    context.output.data(`Next: ${why.action}`);
  });
}

async function ofRun(reader: Reader, { project, run }: Found): Promise<Why> {
  const { store } = reader;
  const [items, phases, sessions, approval] = await Promise.all([
    store.items.list(project.id),
    store.phases.list(run.id),
    store.attempts.sessions(run.id),
    store.approvals.pending(run.id),
  ]);
  return whyRun({
    run,
    hosted: await reader.hosted(run),
    approval,
    items: items.filter((item) => item.runId === run.id),
    sessions: sessions.length,
    phase: currentPhase(phases),
    now: new Date().toISOString(),
  });
}

async function ofItem({ store }: Reader, { project }: Found, key: string): Promise<Why> {
  const items = await store.items.list(project.id);
  const item = items.find((one) => one.key === key) ?? unknownItem(key);
  return whyItem(item, { items, now: new Date().toISOString() });
}

/** Throws `ITEM_UNKNOWN` (exit 2). */
export function unknownItem(key: string): never {
  throw new HarnessError('ITEM_UNKNOWN', `There is no work item ${key}; see \`harness items\``, {
    exit: 2,
  });
}
