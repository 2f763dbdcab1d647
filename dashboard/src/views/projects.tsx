import { Link } from 'wouter';
import type { Project } from '../../../src/server/contract.ts';
import { useProjects } from '../api/queries.ts';
import { useNow } from '../live/use-now.ts';
import { Empty } from '../parts/notice.tsx';
import { RunState } from '../parts/state.tsx';
import { Trouble, Waiting } from '../parts/trouble.tsx';
import { ago, gist } from '../show/format.ts';
import { NewProject } from './new-project.tsx';
import { useTitle } from './use-title.ts';

export function Projects() {
  const { data, error } = useProjects();
  useTitle('Projects');
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-xl font-semibold">Projects</h1>
        <NewProject />
      </div>
      {error !== null && <Trouble error={error} />}
      {data === undefined && error === null && <Waiting what="the projects" />}
      {data !== undefined && data.length === 0 && (
        <Empty title="No projects yet">
          Begin one with an idea: agents plan it, build it side by side, and prove each piece. A
          rehearsal shows the whole way with a scripted model, without a key and without cost.
        </Empty>
      )}
      {data !== undefined && data.length > 0 && <List projects={data} />}
    </>
  );
}

function List({ projects }: { projects: readonly Project[] }) {
  const now = useNow();
  return (
    <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
      {projects.map((project) => (
        <Row key={project.id} project={project} now={now} />
      ))}
    </ul>
  );
}

function Row({
  project: { id, name, directory, run, ...rest },
  now,
}: {
  project: Project;
  now: number;
}) {
  const about = run?.idea ?? rest.idea ?? rest.description;
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 hover:bg-sunken/60">
      <div className="min-w-0 flex-1 basis-72">
        <Link
          href={`/projects/${id}`}
          className="font-medium before:absolute before:inset-0 hover:underline"
        >
          {name}
        </Link>
        {about !== null && <p className="line-clamp-1 text-sm text-muted">{gist(about)}</p>}
        <p className="font-mono text-xs wrap-anywhere text-muted" title={directory}>
          {directory}
        </p>
      </div>
      <div className="flex items-center gap-3">
        {run?.rehearsal === true && <span className="text-xs text-muted">Rehearsal</span>}
        {run === null ? (
          <span className="text-sm text-muted">No run yet</span>
        ) : (
          <>
            <span className="text-xs text-muted">{ago(run.created_at, now)}</span>
            <RunState status={run.status} />
          </>
        )}
      </div>
    </li>
  );
}
