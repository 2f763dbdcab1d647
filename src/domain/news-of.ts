import type { HarnessEvent } from './event.ts';
import type { News } from './news.ts';
import { isBudgetReached, isTroubled } from './run.ts';

/** Whether a stored fact is news. What a person asked for themselves is none. */
export function newsOf(event: HarnessEvent): News | null {
  if (event.type === 'approval.asked') return 'approval';
  if (event.type !== 'run.status') return null;
  const { status, reason } = event;
  if (status === 'completed') return 'done';
  if (status === 'failed') return 'failed';
  const parked =
    status === 'limited' ||
    (status === 'paused' && isTroubled(reason)) ||
    (status === 'stopped' && isBudgetReached(reason));
  return parked ? 'parked' : null;
}

/** News in a line. */
export function newsLine(project: string, event: HarnessEvent): string {
  if (event.type === 'approval.asked') return `${project} waits for you: ${event.question}`;
  if (event.type !== 'run.status') return project;
  const ended = event.status === 'completed' ? 'is complete' : 'failed';
  const how = newsOf(event) === 'parked' ? 'is parked' : ended;
  const why = event.reason === null ? '' : `: ${event.reason.split('\n', 1)[0] ?? ''}`;
  return `${project} ${how}${why}`;
}
