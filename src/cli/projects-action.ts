import { hasCode } from '../domain/errors.ts';
import type { Reader } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withReader, type Context } from './context.ts';
import { lineWidth, table } from './table.ts';

/** All projects that were ever run with this data folder, the newest run first. */
export async function projectsAction(options: CommonOptions): Promise<void> {
  const context = openContext(options);
  try {
    await withReader(context, (reader) => list(reader, context));
  } catch (error) {
    if (!hasCode(error, 'PROJECT_UNKNOWN')) throw error;
    context.output.talk('no projects yet');
  }
}

/** How the store calls the folder of a project whose place another one took. */
const REPLACED = /^replaced \S+: /u;

async function list({ store }: Reader, { output }: Context): Promise<void> {
  const projects = await store.projects.list();
  const rows = await Promise.all(
    projects.map(async (project) => ({ project, run: await store.runs.latest(project.id) })),
  );
  const newest = rows.toSorted((a, b) =>
    (b.run?.createdAt ?? '').localeCompare(a.run?.createdAt ?? ''),
  );
  for (const { project, run } of newest)
    output.object({ ...project, run_id: run?.id ?? null, status: run?.status ?? null });
  if (rows.length === 0) output.talk('no projects yet');
  const cells = newest.map(({ project, run }) => {
    const replaced = REPLACED.test(project.directory);
    return [
      project.name,
      replaced ? 'replaced' : (run?.status ?? 'no run yet'),
      (run?.createdAt ?? project.createdAt).slice(0, 16).replace('T', ' '),
      project.directory.replace(REPLACED, ''),
    ];
  });
  for (const line of table(cells, { width: lineWidth() })) output.data(line);
}
