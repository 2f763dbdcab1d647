import type { EventRecord } from '../../../src/server/contract.ts';
import { Empty } from '../parts/notice.tsx';
import { itemOf } from '../show/describe-event.ts';
import { clock } from '../show/format.ts';

interface Remark {
  readonly id: number;
  readonly at: string;
  readonly by: string;
  readonly text: string;
}

/** What agents and people said about the item, the newest first. */
export function ItemTalk(props: {
  readonly events: readonly EventRecord[];
  readonly item: string;
}) {
  const remarks = props.events
    .filter(({ event }) => itemOf(event) === props.item)
    .flatMap(remarkOf);
  if (remarks.length === 0)
    return (
      <div className="p-4">
        <Empty title="Nothing was said about it" />
      </div>
    );
  return (
    <ol className="divide-y divide-line text-sm">
      {remarks.toReversed().map(({ id, at, by, text }) => (
        <li key={id} className="px-4 py-2">
          <p className="text-xs text-muted">
            {by}, <time dateTime={at}>{clock(at)}</time>
          </p>
          <p className="max-w-prose whitespace-pre-wrap wrap-anywhere">{text}</p>
        </li>
      ))}
    </ol>
  );
}

function remarkOf({ id, at, event }: EventRecord): readonly Remark[] {
  if (event.type === 'session.noted')
    return [{ id, at, by: `Agent (${event.kind})`, text: event.text }];
  if (event.type === 'item.edited') return [{ id, at, by: event.by, text: event.change }];
  if (event.type === 'item.blocked') return [{ id, at, by: event.by, text: event.reason }];
  if (event.type === 'item.returned') return [{ id, at, by: 'The harness', text: event.reason }];
  return [];
}
