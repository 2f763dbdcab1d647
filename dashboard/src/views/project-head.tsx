import { Link, useLocation } from 'wouter';
import type { Board } from '../../../src/server/contract.ts';
import { Clamped } from '../parts/clamped.tsx';
import { Icon } from '../parts/icon.tsx';
import { LinkNote } from '../parts/live-note.tsx';
import { RunState } from '../parts/state.tsx';
import { gist } from '../show/format.ts';
import { RunControls } from './run-controls.tsx';
import { Attention } from './attention.tsx';

/** What stands above every page of a project: what it is, how it stands, what can be done. */
export function ProjectHead({ board }: { board: Board }) {
  const { project } = board;
  const { run } = project;
  return (
    <div className="mb-5 space-y-4">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-80">
          <Link
            href="/"
            className="mb-1 inline-flex items-center gap-1 text-sm text-muted hover:text-ink"
          >
            <Icon name="back" className="size-3.5" />
            Projects
          </Link>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="text-xl font-semibold wrap-anywhere">{project.name}</h1>
            {run !== null && <RunState status={run.status} />}
            <LinkNote />
          </div>
          <Clamped
            look="line-clamp-2"
            className="mt-0.5 max-w-prose text-sm wrap-anywhere text-muted"
          >
            {gist(run?.idea ?? project.idea ?? project.description ?? '')}
          </Clamped>
        </div>
        {run !== null && <RunControls run={run} board={board} />}
      </div>
      {run !== null && <Attention board={board} run={run} />}
      {run !== null && <Pages board={board} />}
    </div>
  );
}

const PAGES = [
  ['', 'Overview'],
  ['/items', 'Work items'],
  ['/agents', 'Agents'],
  ['/documents', 'Documents'],
  ['/cost', 'Cost'],
  ['/activity', 'Activity'],
] as const;

function Pages({ board: { project, approvals } }: { board: Board }) {
  const [location] = useLocation();
  const home = `/projects/${project.id}`;
  const waiting = approvals.length;
  return (
    <nav aria-label="Project" className="-mx-4 border-b border-line px-4">
      <ul className="flex flex-wrap gap-x-1">
        {PAGES.map(([path, name]) => (
          <li key={path}>
            <Link
              href={home + path}
              {...(isCurrent(location, home, path) ? { 'aria-current': 'page' as const } : {})}
              className="flex items-center gap-1.5 border-b-2 border-transparent px-2.5 py-2 text-sm whitespace-nowrap text-muted -outline-offset-2 hover:text-ink aria-[current]:border-accent aria-[current]:font-medium aria-[current]:text-ink"
            >
              {name}
              {path === '/documents' && waiting > 0 && (
                <span className="rounded-full bg-warn-soft px-1.5 text-xs font-medium text-warn">
                  {waiting}
                  <span className="sr-only"> to answer</span>
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function isCurrent(location: string, home: string, path: string): boolean {
  return path === '' ? location === home : location.startsWith(home + path);
}
