import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import type { Board } from '../../../src/server/contract.ts';
import { ApiProblem } from '../api/client.ts';
import { useBoard } from '../api/queries.ts';
import { LiveProject } from '../live/live-project.tsx';
import { Announcer } from '../parts/live-note.tsx';
import { Trouble, Waiting } from '../parts/trouble.tsx';
import { NotFound } from './not-found.tsx';
import { Overview } from './overview.tsx';
import { ProjectHead } from './project-head.tsx';
import { StartRunForm } from './start-run.tsx';

// The first screen stays small: what a person goes to is loaded then.
const Items = lazy(async () => ({ default: (await import('./items.tsx')).Items }));
const Item = lazy(async () => ({ default: (await import('./item.tsx')).Item }));
const Agents = lazy(async () => ({ default: (await import('./agents.tsx')).Agents }));
const Agent = lazy(async () => ({ default: (await import('./agent.tsx')).Agent }));
const Documents = lazy(async () => ({ default: (await import('./documents.tsx')).Documents }));
const CostPage = lazy(async () => ({ default: (await import('./cost.tsx')).CostPage }));
const Activity = lazy(async () => ({ default: (await import('./activity.tsx')).Activity }));

/** Everything of one project; live as long as it is open. */
export function ProjectPage({ id }: { id: string }) {
  const { data, error } = useBoard(id);
  if (error instanceof ApiProblem && error.status === 404) return <NotFound what="project" />;
  return (
    <LiveProject id={id}>
      {error !== null && <Trouble error={error} />}
      {data === undefined && error === null && <Waiting what="the project" />}
      {data !== undefined && <Whole board={data} />}
    </LiveProject>
  );
}

function Whole({ board }: { board: Board }) {
  const { project } = board;
  const home = `/projects/${project.id}`;
  return (
    <>
      <Announcer />
      <ProjectHead board={board} />
      {project.run === null ? (
        <StartRunForm project={project} />
      ) : (
        <Suspense fallback={<Waiting what="the page" />}>
          <Switch>
            <Route path={home}>
              <Overview board={board} />
            </Route>
            <Route path={`${home}/items`}>
              <Items board={board} />
            </Route>
            <Route path={`${home}/items/:key`}>
              {({ key }) => <Item board={board} itemKey={key} />}
            </Route>
            <Route path={`${home}/agents`}>
              <Agents board={board} />
            </Route>
            <Route path={`${home}/agents/:session`}>
              {({ session }) => <Agent board={board} sessionId={session} />}
            </Route>
            <Route path={`${home}/documents/:shown?`}>
              {({ shown }) => <Documents board={board} shown={shown ?? null} />}
            </Route>
            <Route path={`${home}/cost`}>
              <CostPage board={board} />
            </Route>
            <Route path={`${home}/activity`}>
              <Activity />
            </Route>
            <Route>
              <NotFound what="page" />
            </Route>
          </Switch>
        </Suspense>
      )}
    </>
  );
}
