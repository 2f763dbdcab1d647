import type { AttemptEnd } from '../domain/attempt.ts';
import type { WorkItem } from '../domain/work-item.ts';

export interface SessionFacts {
  /** Which session of the run it was, from 1. */
  readonly number: number;
  readonly role: string;
  readonly item: Pick<WorkItem, 'key' | 'title'> | null;
  readonly end: AttemptEnd;
  /** All work items as they stood before this end. */
  readonly items: readonly Pick<WorkItem, 'key' | 'title' | 'status'>[];
}

/** What the issue about progress is told at the end of a session. */
export function progressNote({ number, role, item, end, items }: SessionFacts): string {
  const ended = end.status === 'succeeded';
  const done = items.filter(({ key, status }) => status === 'done' || (ended && key === item?.key));
  const open = items.filter((one) => !done.includes(one));
  // What was not proved is the most urgent still.
  const next = open.find(({ key, status }) => status === 'todo' || key === item?.key);
  const what = item === null ? role : `${item.key} ${item.title}`;
  return [
    `Session ${number}: ${what}`,
    '',
    `- Result: ${ended ? `done, proved as ${end.commit ?? 'it was'}` : `${end.status}: ${firstLine(end.reason)}`}`,
    `- Progress: ${done.length} of ${items.length} issues done`,
    `- Next: ${next === undefined ? (open.length === 0 ? 'nothing is left' : 'what is under way') : `${next.key} ${next.title}`}`,
  ].join('\n');
}

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').slice(0, 300);
}
