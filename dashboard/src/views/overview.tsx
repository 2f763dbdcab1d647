import { lazy, Suspense } from 'react';
import { Link } from 'wouter';
import type { Board, Phase } from '../../../src/server/contract.ts';
import { useNarrow } from '../live/use-narrow.ts';
import { useLive } from '../live/live-project.tsx';
import { Card } from '../parts/card.tsx';
import { Icon } from '../parts/icon.tsx';
import { Empty } from '../parts/notice.tsx';
import { phaseSign } from '../parts/state.tsx';
import { Waiting } from '../parts/trouble.tsx';
import { headcount, words } from '../show/format.ts';
import { AgentList } from './agent-card.tsx';
import { EventLines } from './event-lines.tsx';
import { ItemRows } from './item-rows.tsx';
import { RunFigures } from './run-figures.tsx';
import { useTitle } from './use-title.ts';

const ItemGraph = lazy(async () => ({
  default: (await import('../graph/item-graph.tsx')).ItemGraph,
}));

const LATEST = 8;

/** How the run stands, at a glance. */
export function Overview({ board }: { board: Board }) {
  const { project, phases, items, sessions } = board;
  const { events } = useLive();
  const home = `/projects/${project.id}`;
  useTitle(project.name);
  return (
    <div className="space-y-4">
      {project.run !== null && <RunFigures board={board} run={project.run} />}
      <PhaseRail phases={phases} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="space-y-4">
          <Card
            title="Work items"
            flush
            aside={
              <Link href={`${home}/items`} className="text-sm text-accent hover:underline">
                As a list
              </Link>
            }
          >
            <Graph board={board} items={items} />
          </Card>
        </div>
        <Card title={`Agents at work (${headcount(sessions)})`} flush>
          <AgentList project={project.id} sessions={sessions} />
        </Card>
      </div>
      <Card
        title="Latest"
        flush
        aside={
          <Link href={`${home}/activity`} className="text-sm text-accent hover:underline">
            All activity
          </Link>
        }
      >
        <EventLines events={events} most={LATEST} />
      </Card>
    </div>
  );
}

function Graph({ board, items }: { board: Board; items: Board['items'] }) {
  const { id } = board.project;
  const narrow = useNarrow();
  if (items.length === 0)
    return (
      <div className="p-4">
        <Empty title="No work items yet">
          They come from the task breakdown, once the plan stands.
        </Empty>
      </div>
    );
  if (narrow) return <ItemRows project={id} items={items} />;
  return (
    <div className="min-h-48">
      <Suspense fallback={<Waiting what="the graph" />}>
        <ItemGraph project={id} items={items} />
      </Suspense>
    </div>
  );
}

const BAR: Readonly<Record<string, string>> = {
  completed: 'bg-good',
  running: 'bg-accent',
  waiting_approval: 'bg-warn',
  failed: 'bg-bad',
};

const INK: Readonly<Record<string, string>> = {
  completed: 'text-good',
  running: 'text-accent',
  waiting_approval: 'text-warn',
  failed: 'text-bad',
};

/** The seven phases in their order. On a narrow screen only those that matter now keep their words. */
function PhaseRail({ phases }: { phases: readonly Phase[] }) {
  return (
    <section aria-label="Phases">
      <ol className="grid auto-cols-fr grid-flow-col gap-1.5">
        {phases.map((phase) => (
          <PhaseStep key={phase.name} phase={phase} />
        ))}
      </ol>
      <p className="mt-1 text-sm lg:hidden" aria-hidden="true">
        {narrowLine(phases)}
      </p>
    </section>
  );
}

function PhaseStep({ phase: { name, status, attempts, error } }: { phase: Phase }) {
  const sign = phaseSign(status);
  const under = status === 'running' || status === 'waiting_approval';
  return (
    <li
      aria-current={under ? 'step' : undefined}
      title={error ?? `${words(name)}: ${sign.text}`}
      className="min-w-0"
    >
      <div
        className={`h-1.5 rounded-full ${BAR[status] ?? 'bg-line'} ${status === 'running' ? 'breathe' : ''}`}
      />
      <div className="mt-1.5 max-lg:sr-only">
        <p className={`text-sm ${status === 'pending' ? 'text-muted' : 'font-medium'}`}>
          {words(name)}
        </p>
        <p className={`flex items-center gap-1 text-xs ${INK[status] ?? 'text-muted'}`}>
          <Icon name={sign.icon} className="size-3.5" />
          <span>
            {sign.text}
            {attempts > 1 && `, try ${attempts}`}
          </span>
        </p>
      </div>
    </li>
  );
}

function narrowLine(phases: readonly Phase[]): string {
  const done = phases.filter(({ status }) => status === 'completed' || status === 'skipped').length;
  const now = phases.find(({ status }) => !['completed', 'skipped'].includes(status));
  return now === undefined
    ? `All ${phases.length} phases completed`
    : `${words(now.name)}: ${phaseSign(now.status).text.toLowerCase()} (${done} of ${phases.length} completed)`;
}
