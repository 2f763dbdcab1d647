import { Link } from 'wouter';
import type { Board, Session } from '../../../src/server/contract.ts';
import { useCost, useSessions } from '../api/queries.ts';
import { useNow } from '../live/use-now.ts';
import { Card } from '../parts/card.tsx';
import { Clamped } from '../parts/clamped.tsx';
import { Empty } from '../parts/notice.tsx';
import { Scroller } from '../parts/scroller.tsx';
import { Trouble, Waiting } from '../parts/trouble.tsx';
import { elapsed, headcount } from '../show/format.ts';
import { AgentList, nameOf, tookLine } from './agent-card.tsx';
import { useTitle } from './use-title.ts';

/** All agents of the run: those at work, then those that ended. */
export function Agents({ board: { project, sessions } }: { board: Board }) {
  const { data, error } = useSessions(project.id);
  useTitle('Agents', project.name);
  return (
    <div className="space-y-4">
      <Card title={`At work (${headcount(sessions)})`} flush>
        <AgentList project={project.id} sessions={sessions} />
      </Card>
      <Card title="Ended" flush>
        {error !== null && <Trouble error={error} />}
        {data === undefined && error === null && <Waiting what="the agents" />}
        {data !== undefined && (
          <Ended project={project.id} sessions={data.filter(({ end }) => end !== null)} />
        )}
      </Card>
    </div>
  );
}

function Ended({ project, sessions }: { project: string; sessions: readonly Session[] }) {
  const { data } = useCost(project, 'session');
  const now = useNow();
  const used = new Map(data?.parts.map(({ name, usage }) => [name, usage]));
  if (sessions.length === 0)
    return (
      <div className="p-4">
        <Empty title="No agent has ended yet" />
      </div>
    );
  return (
    <Scroller label="Agents that ended">
      <table className="w-full text-left text-sm">
        <thead className="text-xs text-muted">
          <tr className="border-b border-line *:px-4 *:py-2 *:font-medium">
            <th>Agent</th>
            <th>End</th>
            <th>Took</th>
            <th>Tokens and money</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {sessions.toReversed().map((session) => (
            <tr key={session.id} className="*:px-4 *:py-2 *:align-top">
              <td>
                <Link
                  href={`/projects/${project}/agents/${session.id}`}
                  className="font-medium whitespace-nowrap hover:underline"
                >
                  {nameOf(session)}
                </Link>
                {session.number > 1 && <span className="text-muted"> (try {session.number})</span>}
              </td>
              <td className="min-w-40">
                <EndOf session={session} />
              </td>
              <td className="whitespace-nowrap tabular-nums">
                {elapsed(session.started_at, session.ended_at, now)}
              </td>
              <td className="whitespace-nowrap tabular-nums">{tookLine(used.get(session.id))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

export function EndOf({ session: { end } }: { session: Session }) {
  if (end === null) return 'at work';
  const good = end.status === 'succeeded';
  return (
    <>
      <span className={good ? 'text-good' : 'text-bad'}>{end.status.replaceAll('_', ' ')}</span>
      {end.reason !== null && (
        <Clamped look="line-clamp-2" className="text-muted wrap-anywhere">
          {end.reason}
        </Clamped>
      )}
    </>
  );
}
