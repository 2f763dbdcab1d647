import { Link } from 'wouter';
import type { Cost, Session } from '../../../src/server/contract.ts';
import { useCost } from '../api/queries.ts';
import { useNow } from '../live/use-now.ts';
import { useTranscript } from '../live/use-transcript.ts';
import { Empty } from '../parts/notice.tsx';
import { elapsed, money, tokens, words } from '../show/format.ts';
import { roleOf } from '../show/describe-event.ts';
import { doing } from '../show/transcript.ts';

type Usage = Cost['total'];

/** Agents under way: what each does now, and what it took so far. */
export function AgentList(props: {
  readonly project: string;
  readonly sessions: readonly Session[];
}) {
  const { data } = useCost(props.project, 'session');
  const used = new Map(data?.parts.map(({ name, usage }) => [name, usage]));
  if (props.sessions.length === 0)
    return (
      <div className="p-4">
        <Empty title="No agent works now" />
      </div>
    );
  return (
    <ul className="max-h-[26rem] divide-y divide-line overflow-y-auto">
      {props.sessions.map((session) => (
        <AgentCard
          key={session.id}
          project={props.project}
          session={session}
          usage={used.get(session.id)}
        />
      ))}
    </ul>
  );
}

function AgentCard(props: {
  readonly project: string;
  readonly session: Session;
  readonly usage: Usage | undefined;
}) {
  const { project, session, usage } = props;
  const now = useNow();
  const { data } = useTranscript(project, session.id);
  return (
    <li className="relative px-4 py-2.5 hover:bg-sunken/60">
      <div className="flex items-baseline justify-between gap-3">
        <Link
          href={`/projects/${project}/agents/${session.id}`}
          className="text-sm font-medium before:absolute before:inset-0 hover:underline"
        >
          {nameOf(session)}
        </Link>
        <span className="shrink-0 text-xs text-muted tabular-nums">
          {elapsed(session.started_at, null, now)}
        </span>
      </div>
      <p className="mt-0.5 line-clamp-2 text-sm wrap-anywhere text-muted">
        {doing(data?.lines.map(({ line }) => line) ?? []) ?? 'Begins…'}
      </p>
      <p className="mt-1 text-xs text-muted tabular-nums">{tookLine(usage)}</p>
    </li>
  );
}

/** `API-3, coder` or `Ideation, edge cases`. */
export function nameOf({ item, role, phase }: Session): string {
  return `${item ?? words(phase)}, ${roleOf(role)}`;
}

export function tookLine(usage: Usage | undefined): string {
  if (usage === undefined) return 'Nothing counted yet';
  const input = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens;
  return `${tokens(input)} in, ${tokens(usage.output_tokens)} out, ${money(usage.cost_usd)}`;
}
