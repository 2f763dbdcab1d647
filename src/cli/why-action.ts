import { HarnessError } from '../domain/errors.ts';
import { whyItem, whyRun, type Why } from '../domain/why.ts';
import { readFacts, type Reader } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withReader } from './context.ts';
import { findProject, type Found } from './find-project.ts';

/** Says the one cause of the present wait or stop, and the next action. */
export async function whyAction(key: string | undefined, options: CommonOptions): Promise<void> {
  const context = openContext(options);
  await withReader(context, async (reader) => {
    const found = await findProject(reader, context);
    const why = await whyNow(reader, found, key);
    context.output.object({ item: key ?? null, ...why });
    context.output.data(why.cause);
    context.output.data(`Next: ${why.action}`);
  });
}

/** Why the run, or one of its work items, stands where it stands. Throws `ITEM_UNKNOWN` (exit 2). */
export async function whyNow(
  reader: Reader,
  { project, run }: Found,
  key: string | undefined,
): Promise<Why> {
  const order = { run, ...(await reader.serving(run)), now: new Date().toISOString() };
  const facts = (await readFacts(reader.store, project, order)).why;
  if (key === undefined) return whyRun(facts);
  return whyItem(facts.items.find((one) => one.key === key) ?? unknownItem(key), facts);
}

/** Throws `ITEM_UNKNOWN` (exit 2). */
export function unknownItem(key: string): never {
  throw new HarnessError('ITEM_UNKNOWN', `There is no work item ${key}; see \`harness items\``, {
    exit: 2,
  });
}
