import { Link } from 'wouter';
import type { EventRecord } from '../../../src/server/contract.ts';
import { Clamped } from '../parts/clamped.tsx';
import { Empty } from '../parts/notice.tsx';
import { describeEvent, itemOf } from '../show/describe-event.ts';
import { clock } from '../show/format.ts';

/** What happened, the newest first. */
export function EventLines(props: {
  readonly events: readonly EventRecord[];
  readonly most: number;
}) {
  const lines = props.events.filter(({ event }) => describeEvent(event) !== null);
  if (lines.length === 0)
    return (
      <div className="p-4">
        <Empty title="Nothing has happened yet" />
      </div>
    );
  return (
    <ol className="divide-y divide-line text-sm">
      {lines
        .slice(-props.most)
        .toReversed()
        .map((record) => (
          <EventLine key={record.id} record={record} />
        ))}
    </ol>
  );
}

function EventLine({ record: { at, event, project_id: project } }: { record: EventRecord }) {
  const item = itemOf(event);
  return (
    <li className="flex gap-3 px-4 py-1.5">
      <time dateTime={at} className="shrink-0 text-muted tabular-nums">
        {clock(at)}
      </time>
      <Clamped look="line-clamp-6 sm:line-clamp-3" className="min-w-0 flex-1 wrap-anywhere">
        {describeEvent(event)}
      </Clamped>
      {item !== null && (
        <Link
          href={`/projects/${project}/items/${encodeURIComponent(item)}`}
          className="shrink-0 font-mono text-xs leading-5 text-accent hover:underline"
        >
          {item}
        </Link>
      )}
    </li>
  );
}
