import type { Snapshot } from '../glance.ts';
import { dollars, grouped, table } from './table.ts';

/** What every screen says of a run whose agents work without a box. */
export function unsealedLine(reason: string): string {
  return `NOT SEALED: agents run without a box (${reason})`;
}

/** A snapshot for a person. */
export function statusLines(snapshot: Snapshot): string[] {
  const { project_name: name, status, current_phase: phase, work, usage } = snapshot;
  const place = phase === null || status === 'completed' ? '' : ` in ${phase}`;
  return [
    `${name}: ${status}${place}${snapshot.rehearsal ? '  (rehearsal)' : ''}`,
    ...(snapshot.unsealed === null ? [] : [unsealedLine(snapshot.unsealed)]),
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
        `${one.item ?? one.role} since ${clock(one.started_at)}${one.checked ? ', being checked' : ''}`,
      ]),
      ['  tokens', `${grouped(usage.input_tokens)} in, ${grouped(usage.output_tokens)} out`],
      ['  cost', costOf(snapshot)],
    ]),
    '',
    ...snapshot.approvals.flatMap(questionLines),
    snapshot.why,
  ];
}

/** A question as a person needs it to answer: what changes, and how to say yes or no to just that. */
function questionLines(asked: Snapshot['approvals'][number]): string[] {
  const name = asked.item ?? asked.phase;
  return [
    asked.question,
    ...asked.files.map(({ path, deed, because }) => `  ${deed} ${path} (${because})`),
    ...(asked.diff === null ? [] : ['', ...asked.diff.split('\n').map((line) => `    ${line}`)]),
    `  \`harness approve ${name} --state ${asked.state}\``,
    `  \`harness reject ${name} --state ${asked.state} --reason TEXT\``,
    '',
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
