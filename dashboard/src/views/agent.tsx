import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { Board, Session } from '../../../src/server/contract.ts';
import { useSessions } from '../api/queries.ts';
import { useNow } from '../live/use-now.ts';
import { useTranscript, type Heard } from '../live/use-transcript.ts';
import { Card } from '../parts/card.tsx';
import { Icon } from '../parts/icon.tsx';
import { Empty } from '../parts/notice.tsx';
import { Trouble, Waiting } from '../parts/trouble.tsx';
import { clock, elapsed } from '../show/format.ts';
import type { Spoken } from '../show/transcript.ts';
import { nameOf } from './agent-card.tsx';
import { EndOf } from './agents.tsx';
import { NotFound } from './not-found.tsx';
import { useTitle } from './use-title.ts';

/** What one agent said and did, as it happens. */
export function Agent({ board, sessionId }: { board: Board; sessionId: string }) {
  const { id, name } = board.project;
  const { data: all } = useSessions(id);
  const session =
    board.sessions.find((one) => one.id === sessionId) ?? all?.find((one) => one.id === sessionId);
  useTitle(session === undefined ? 'Agent' : nameOf(session), name);
  if (session === undefined)
    return all === undefined ? <Waiting what="the agent" /> : <NotFound what="agent" />;
  return <Known project={id} session={session} />;
}

function Known({ project, session }: { project: string; session: Session }) {
  const { data, error } = useTranscript(project, session.id);
  const now = useNow();
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <h2 className="text-lg font-semibold wrap-anywhere">{nameOf(session)}</h2>
        <p className="text-sm text-muted">
          {elapsed(session.started_at, session.ended_at, now)}
          {session.model !== null && `, ${session.model}`}, <EndOf session={session} />
        </p>
        {session.item !== null && (
          <Link
            href={`/projects/${project}/items/${encodeURIComponent(session.item)}`}
            className="text-sm text-accent hover:underline"
          >
            Work item {session.item}
          </Link>
        )}
      </div>
      <Card title="Transcript" flush>
        {error !== null && <Trouble error={error} />}
        {data === undefined && error === null && <Waiting what="the transcript" />}
        {data !== undefined && <Lines lines={data.lines} live={!data.ended} />}
      </Card>
    </div>
  );
}

/** Stays at its end while the reader is there, and lets go once they scroll up. */
function Lines({ lines, live }: { lines: readonly Heard[]; live: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    const { current } = box;
    if (lines.length > 0 && current !== null && atEnd.current)
      current.scrollTop = current.scrollHeight;
  }, [lines]);
  if (lines.length === 0)
    return (
      <div className="p-4">
        <Empty title={live ? 'The agent has said nothing yet' : 'No transcript was kept'} />
      </div>
    );
  return (
    <div
      ref={box}
      role="log"
      aria-label="Transcript"
      aria-live="off"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        atEnd.current = scrollTop + clientHeight > scrollHeight - 40;
      }}
      className="max-h-[70vh] overflow-y-auto px-4 py-3"
    >
      {lines.map(({ id, line }) => (
        <Line key={id} line={line} />
      ))}
    </div>
  );
}

function Line({ line }: { line: Spoken }) {
  return (
    <div className="flex gap-3 py-1 [content-visibility:auto] [contain-intrinsic-size:auto_2rem]">
      <time dateTime={line.at} className="shrink-0 text-xs leading-6 text-muted tabular-nums">
        {clock(line.at)}
      </time>
      <div className="min-w-0 flex-1">
        <Words line={line} />
      </div>
    </div>
  );
}

const LONG = 400;

function Words({ line: { kind, head, text } }: { line: Spoken }) {
  if (kind === 'text') return <p className="leading-6 whitespace-pre-wrap wrap-anywhere">{text}</p>;
  if (kind === 'note' || kind === 'end')
    return <p className="text-sm leading-6 wrap-anywhere text-muted italic">{text}</p>;
  if (kind === 'tool')
    return (
      <p className="text-sm leading-6">
        <span className="mr-2 rounded bg-accent-soft px-1.5 py-0.5 text-xs font-medium text-accent">
          {head}
        </span>
        <code className="font-mono text-xs whitespace-pre-wrap wrap-anywhere">
          {text.slice(0, LONG * 4)}
        </code>
      </p>
    );
  return <Output failed={kind === 'failed'} text={text} />;
}

/** What a tool gave back: folded, since it is long and rarely read. */
function Output({ failed, text }: { failed: boolean; text: string }) {
  if (text === '') return null;
  const [first = ''] = text.split('\n', 1);
  return (
    <details className={`text-xs ${failed ? 'text-bad' : 'text-muted'}`}>
      <summary className="flex items-center gap-1 leading-6 font-mono">
        <Icon name={failed ? 'cross' : 'skip'} className="size-3" />
        <span className="truncate">{first.slice(0, LONG)}</span>
      </summary>
      <pre
        tabIndex={0}
        className="mt-1 max-h-80 overflow-auto rounded bg-sunken p-2 font-mono whitespace-pre-wrap wrap-anywhere text-ink"
      >
        {text}
      </pre>
    </details>
  );
}
