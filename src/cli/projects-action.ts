import { hasCode } from '../domain/errors.ts';
import type { Project, Run } from '../domain/run.ts';
import type { Reader } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withReader, type Context } from './context.ts';
import { lineWidth, table } from './table.ts';

/** Flags of `projects`, as commander gives them. */
export interface ProjectsOptions extends CommonOptions {
  readonly all?: boolean;
}

/**
 * The projects of this data folder, the newest run first; those whose folder a later rehearsal took
 * only with `--all`.
 */
export async function projectsAction(options: ProjectsOptions): Promise<void> {
  const context = openContext(options);
  try {
    await withReader(context, (reader) => list(reader, context, options.all === true));
  } catch (error) {
    if (!hasCode(error, 'PROJECT_UNKNOWN')) throw error;
    context.output.talk('no projects yet');
  }
}

/** How the store calls the folder of a project whose place another one took. */
const REPLACED = /^replaced \S+: /u;

async function list({ store }: Reader, { output }: Context, all: boolean): Promise<void> {
  const rows = await projectRows(store, all);
  for (const { project, run, unsealed } of rows)
    output.object({ ...project, run_id: run?.id ?? null, status: run?.status ?? null, unsealed });
  if (rows.length === 0) output.talk('no projects yet');
  for (const line of table(rows.map(projectRow), { width: lineWidth() })) output.data(line);
  const left = (await store.projects.list()).length - rows.length;
  if (left > 0)
    output.talk(
      `${left} former rehearsal${left === 1 ? '' : 's'} of the same folders left out; \`harness projects --all\` lists them too`,
    );
}

/** Projects with their latest runs, the newest run first. */
export async function projectRows(store: Reader['store'], all: boolean): Promise<readonly Row[]> {
  const known = await store.projects.list();
  const shown = known.filter(({ directory }) => all || !REPLACED.test(directory));
  const rows = await Promise.all(shown.map(async (project) => rowOf(store, project)));
  return rows.toSorted((a, b) => (b.run?.createdAt ?? '').localeCompare(a.run?.createdAt ?? ''));
}

/** One line of the list. */
export function projectRow({ project, run, unsealed }: Row): readonly string[] {
  return [
    project.name,
    REPLACED.test(project.directory) ? 'replaced' : (run?.status ?? 'no run yet'),
    unsealed === null ? '' : 'NOT SEALED',
    (run?.createdAt ?? project.createdAt).slice(0, 16).replace('T', ' '),
    project.directory.replace(REPLACED, ''),
  ];
}

interface Row {
  readonly project: Project;
  readonly run: Run | undefined;
  /** Why agents of the run work without a box; null: they have one. */
  readonly unsealed: string | null;
}

async function rowOf(store: Reader['store'], project: Project): Promise<Row> {
  const run = await store.runs.latest(project.id);
  const unsealed = run === undefined ? null : await store.events.unsealed(project.id, run.id);
  return { project, run, unsealed };
}
