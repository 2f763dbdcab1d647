import { relative } from 'node:path';
import { lookAtDatabase, reviseDatabase, upgradeDatabase, type Standing } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { onDatabase, openContext } from './context.ts';
import { table } from './table.ts';

/** Brings the database up to date. Throws `DATABASE_NEWER` (exit 69). */
export async function upgradeAction(options: CommonOptions): Promise<void> {
  const context = openContext(options);
  const applied = await onDatabase(context, upgradeDatabase);
  const { output } = context;
  output.object({ applied: applied.map(({ tag }) => tag) });
  for (const { tag } of applied) output.data(`applied ${tag}`);
  if (applied.length === 0) output.data('Nothing to do: the database is up to date.');
}

/** Says which migration is the newest that the database has. Throws `DATABASE_NEWER` (exit 69). */
export async function currentAction(options: CommonOptions): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const standing = await onDatabase(context, lookAtDatabase);
  const { known, applied } = standing;
  const current = tagAt(standing, applied - 1);
  const pending = known.slice(applied).map(({ tag }) => tag);
  output.object({ current, head: tagAt(standing, known.length - 1), pending });
  const missing = `${pending.length} migration${pending.length === 1 ? '' : 's'} behind; \`harness db upgrade\` brings it up to date`;
  output.data(
    pending.length === 0 ? `${current ?? 'none'} (newest)` : `${current ?? 'none'}: ${missing}`,
  );
}

/** Lists all migrations, the newest first. Throws `DATABASE_NEWER` (exit 69). */
export async function historyAction(options: CommonOptions): Promise<void> {
  const context = openContext(options);
  const { output } = context;
  const { known, applied } = await onDatabase(context, lookAtDatabase);
  const rows = known
    .map(({ tag, when }, at) => ({
      revision: tag,
      written_at: new Date(when).toISOString(),
      applied: at < applied,
      current: at === applied - 1,
    }))
    .toReversed();
  for (const row of rows) output.object(row);
  const cells = rows.map((row) => [
    row.current ? '>' : ' ',
    row.revision,
    row.written_at.slice(0, 16).replace('T', ' '),
    row.applied ? 'applied' : 'not applied',
  ]);
  for (const line of table(cells)) output.data(line);
}

/** Writes the next migration of a checkout. Throws `NOTHING_CHANGED` and `NOT_A_CHECKOUT`. */
export async function revisionAction(
  options: CommonOptions & { readonly message: string },
): Promise<void> {
  const { output, cwd } = openContext(options);
  const revision = await reviseDatabase(options.message);
  output.object(revision);
  output.data(`wrote ${relative(cwd, revision.up)}`);
  output.data(`Next: write the way back in ${relative(cwd, revision.down)}, then \`npm run fix\``);
}

function tagAt({ known }: Standing, at: number): string | null {
  return known[at]?.tag ?? null;
}
