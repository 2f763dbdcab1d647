import { settled, type WorkItem } from '../domain/work-item.ts';
import type { Usage } from '../domain/usage.ts';
import type { Reader } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withReader, type Context } from './context.ts';
import { findProject, type Found } from './find-project.ts';
import { forecast, type Forecast } from '../domain/forecast.ts';
import { dollars, grouped, table } from './table.ts';

type Part = 'phase' | 'item' | 'model' | 'session';

/** Flags of `cost`, as commander gives them. */
export interface CostOptions extends CommonOptions {
  readonly by: Part;
}

interface Bill {
  readonly by: Part;
  readonly parts: readonly { readonly name: string; readonly usage: Usage }[];
  readonly total: Usage;
  readonly budgetUsd: number | null;
  readonly forecast: Forecast;
  readonly rehearsal: boolean;
}

/** Tokens and money of the latest run. What isn't known is said to be unknown, never zero (I5). */
export async function costAction(options: CostOptions): Promise<void> {
  const context = openContext(options);
  await withReader(context, async (reader) => {
    const bill = await readBill(reader, await findProject(reader, context), options.by);
    printBill(context, bill);
  });
}

/** What the run took, in parts. */
export async function readBill(
  { store }: Reader,
  { project, run }: Found,
  by: Part,
): Promise<Bill> {
  const parts = await store.usage.by(run.id, by);
  const perItem = by === 'item' ? parts : await store.usage.by(run.id, 'item');
  const items = (await store.items.list(project.id)).filter((item) => item.runId === run.id);
  return {
    by,
    parts,
    total: await store.usage.total(run.id),
    budgetUsd: run.settings.budgetUsd,
    forecast: forecast({
      perItem,
      done: keysOf(items, 'done'),
      remaining: remaining(items),
      planned: items.length > 0,
    }),
    rehearsal: run.settings.label === 'rehearsal',
  };
}

function keysOf(items: readonly WorkItem[], status: WorkItem['status']): readonly string[] {
  return items.filter((item) => item.status === status).map((item) => item.key);
}

function remaining(items: readonly WorkItem[]): number {
  return items.filter((item) => !settled(item)).length;
}

function printBill({ output }: Context, bill: Bill): void {
  const { by, parts, total, budgetUsd, rehearsal } = bill;
  output.object({
    by,
    parts: parts.map(({ name, usage }) => ({ name, usage: tokensOf(usage) })),
    total: tokensOf(total),
    budget_usd: budgetUsd,
    forecast: { remaining_items: bill.forecast.remaining, more_usd: bill.forecast.moreUsd },
    rehearsal,
  });
  for (const line of billLines(bill)) output.data(line);
}

function tokensOf(usage: Usage): Readonly<Record<string, number | null>> {
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_tokens: usage.cacheReadTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    cost_usd: usage.costUsd,
  };
}

/** A bill for a person. */
export function billLines(bill: Bill): string[] {
  const { by, parts, total, budgetUsd, rehearsal } = bill;
  const cost = (usage: Usage): string => (rehearsal ? '-' : dollars(usage.costUsd));
  const row = (name: string, usage: Usage): string[] => [
    name === '' ? '(no item)' : name,
    grouped(usage.inputTokens),
    grouped(usage.outputTokens),
    grouped(usage.cacheReadTokens),
    grouped(usage.cacheWriteTokens),
    cost(usage),
  ];
  return [
    ...table(
      [
        [by, 'input', 'output', 'cache read', 'cache write', 'cost'],
        ...parts.map(({ name, usage }) => row(name, usage)),
        row('total', total),
      ],
      { right: [1, 2, 3, 4, 5] },
    ),
    '',
    ...(rehearsal
      ? ['A rehearsal: the model is a script, nothing was paid.']
      : [`cap       ${budgetUsd === null ? 'none' : dollars(budgetUsd)}`, forecastLine(bill)]),
  ];
}

function forecastLine({ forecast: { remaining: left, moreUsd }, total }: Bill): string {
  if (left === 0)
    return `forecast  ${moreUsd === null ? 'unknown: there is no plan yet' : 'nothing left to do'}`;
  if (moreUsd === null || total.costUsd === null) return `forecast  unknown (${left} items left)`;
  return `forecast  ${dollars(moreUsd)} more for ${left} items, ${dollars(total.costUsd + moreUsd)} in all`;
}
