import type { Snapshot } from '../glance.ts';
import { dollars, grouped, table } from './table.ts';

/** A snapshot for a person. */
export function statusLines(snapshot: Snapshot): string[] {
  const { project_name: name, status, current_phase: phase, work, usage } = snapshot;
  const place = phase === null || status === 'completed' ? '' : ` in ${phase}`;
  return [
    `${name}: ${status}${place}${snapshot.rehearsal ? '  (rehearsal)' : ''}`,
    '',
    ...table(
      Object.entries(snapshot.phases).map(([title, one]) => [
        `  ${title}`,
        one.status,
        one.attempts > 1 ? `${one.attempts} tries` : '',
      ]),
    ),
    '',
    ...table([
      ['  items', itemCounts(work)],
      ...snapshot.sessions.map((one, at) => [
        at === 0 ? '  agents' : '',
        `${one.item ?? one.role} since ${clock(one.started_at)}`,
      ]),
      ['  tokens', `${grouped(usage.input_tokens)} in, ${grouped(usage.output_tokens)} out`],
      ['  cost', costOf(snapshot)],
    ]),
    '',
    snapshot.why,
  ];
}

function itemCounts(work: Snapshot['work']): string {
  if (work.total === 0) return 'none yet';
  const parts = [
    `${work.done} of ${work.total} done`,
    ...(work.in_progress > 0 ? [`${work.in_progress} in progress`] : []),
    ...(work.todo > 0 ? [`${work.todo} to do`] : []),
    ...(work.blocked > 0 ? [`${work.blocked} blocked`] : []),
  ];
  return parts.join(', ');
}

function costOf({ rehearsal, usage }: Snapshot): string {
  if (rehearsal) return 'none: the model is a script';
  const cap = usage.budget_usd === null ? '' : ` of ${dollars(usage.budget_usd)}`;
  return `${dollars(usage.cost_usd)}${cap}`;
}

/** Time of day, UTC. */
function clock(at: string): string {
  return at.slice(11, 19);
}
