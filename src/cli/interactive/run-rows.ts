import { workedMs } from '../../domain/live-events.ts';
import type { AgentLine, LiveRun, PhaseLine } from '../../domain/live-run.ts';
import type { PhaseStatus } from '../../domain/phase.ts';
import { progressOf, type Progress } from '../../domain/progress.ts';
import type { RunStatus } from '../../domain/run.ts';
import { unsealedLine } from '../status-lines.ts';
import { columnsOf, safeLine } from './cells.ts';
import { clockOf, roughly, spentOf } from './figures.ts';
import { row, span, type Row, type Span, type Tone } from './rows.ts';
import type { Screen } from './screen.ts';

const RUN_TONES: Readonly<Partial<Record<RunStatus, Tone>>> = {
  running: 'accent',
  waiting_approval: 'warn',
  limited: 'warn',
  paused: 'warn',
  stopping: 'warn',
  completed: 'good',
  failed: 'bad',
};

/** Columns that leave room for more than name, state and figures. */
const LABELLED = 60;

/** The line on top: which run, how it stands, what it took. */
export function headRow({ project, live, now }: Screen, columns: number): Row {
  if (project === null)
    return row(columns, [span('harness', 'bold'), span('  builds software, and proves it', 'dim')]);
  const took = [clockOf(workedMs(live.work, now)), spentOf(live.spent, live.rehearsal)];
  return row(
    columns,
    [
      span(safeLine(project.name), 'bold'),
      span('  '),
      span(live.status.replace('_', ' '), RUN_TONES[live.status] ?? 'plain'),
      span(live.rehearsal && columns >= LABELLED ? '  rehearsal' : '', 'dim'),
    ],
    [span(took.filter((part) => part !== '').join('  '), 'dim')],
  );
}

/** What stands on top of a run that there is. */
export function runRows(screen: Screen, columns: number): readonly Row[] {
  const { live, now } = screen;
  if (live.runId === null) return [];
  const unsealed =
    live.unsealed === null
      ? []
      : [row(columns, [span(safeLine(unsealedLine(live.unsealed)), 'warn')])];
  return [...unsealed, phasesRow(live, columns), progressRow(progressOf(live, now), live, columns)];
}

const MARKS: Readonly<Record<PhaseStatus, readonly [string, Tone]>> = {
  pending: ['○', 'dim'],
  running: ['●', 'accent'],
  waiting_approval: ['?', 'warn'],
  completed: ['✓', 'good'],
  failed: ['✗', 'bad'],
  skipped: ['–', 'dim'],
};

/** Columns that the names of all phases need. */
const ALL_NAMES = 96;

function phasesRow({ phases }: LiveRun, columns: number): Row {
  if (columns >= ALL_NAMES)
    return row(
      columns,
      phases.flatMap((phase) => [...marked(phase), span(` ${phase.name}  `, toneOfName(phase))]),
    );
  const now =
    phases.find(({ status }) => status === 'running' || status === 'waiting_approval') ??
    phases.findLast(({ status }) => status === 'completed' || status === 'failed');
  const place =
    now === undefined ? '' : `  ${now.name}, ${phases.indexOf(now) + 1} of ${phases.length}`;
  const again = now !== undefined && now.attempt > 1 ? `, try ${now.attempt}` : '';
  return row(columns, [
    ...phases.flatMap((phase) => [...marked(phase), span(' ')]),
    span(`${place}${again}`),
  ]);
}

function marked({ status }: PhaseLine): readonly Span[] {
  const [mark, tone] = MARKS[status];
  return [span(mark, tone)];
}

function toneOfName({ status }: PhaseLine): Tone {
  return status === 'running' || status === 'waiting_approval' ? 'bold' : 'dim';
}

function progressRow(
  { done, blocked, total, leftMs }: Progress,
  live: LiveRun,
  columns: number,
): Row {
  if (total === null)
    return row(columns, [span('how much there is to do shows after task_breakdown', 'dim')]);
  const wide = Math.max(8, Math.min(30, columns - 50));
  const filled = Math.floor((done / total) * wide);
  const stuck = blocked === 0 ? '' : `, ${blocked} blocked`;
  return row(columns, [
    span('█'.repeat(filled), 'good'),
    span('░'.repeat(wide - filled), 'dim'),
    span(` ${done} of ${total} items done${stuck}`),
    span(leftOf(live, done + blocked < total, leftMs), 'dim'),
  ]);
}

/** Only of what is under way, and only where there is something to go by. */
function leftOf(live: LiveRun, more: boolean, leftMs: number | null): string {
  if (live.work.since === null || !more) return '';
  return leftMs === null ? ', time left unknown' : `, ${roughly(leftMs)} left for them`;
}

/** Agents at work, no more than so many lines. */
export function agentRows(screen: Screen, columns: number, most: number): readonly Row[] {
  const { live } = screen;
  const { agents } = live;
  if (agents.length === 0) return [];
  const shown = agents.length > most ? agents.slice(0, most - 1) : agents;
  const more = agents.length - shown.length;
  const wide = Math.max(...shown.map((agent) => columnsOf(nameOf(agent))));
  return [
    ...shown.map((agent) => agentRow(screen, { agent, wide }, columns)),
    ...(more === 0 ? [] : [row(columns, [span(`  and ${more} more`, 'dim')])]),
  ];
}

/** Below this there is no room for figures beside what an agent does. */
const FIGURES = 70;

function agentRow(
  screen: Screen,
  { agent, wide }: { readonly agent: AgentLine; readonly wide: number },
  columns: number,
): Row {
  const { live, now, watched } = screen;
  const time = clockOf(Date.parse(now) - Date.parse(agent.startedAt));
  const figures = [columns >= FIGURES ? spentOf(agent.spent, live.rehearsal) : '', time];
  return row(
    columns,
    [
      span(watched === agent.session ? '▸ ' : '  ', 'accent'),
      span(nameOf(agent), 'bold'),
      span(' '.repeat(2 + wide - columnsOf(nameOf(agent)))),
      ...doingOf(agent, live),
    ],
    [span(figures.filter((part) => part !== '').join('  '), 'dim')],
  );
}

/** Who it is: the item it works on, else its role. */
export function nameOf({ item, role }: AgentLine): string {
  return safeLine(item ?? role);
}

function doingOf({ item, proving, doing }: AgentLine, { items }: LiveRun): readonly Span[] {
  if (proving) return [span('its work is being proved', 'accent')];
  if (doing === null) {
    const title = items.find(({ key }) => key === item)?.title;
    return [span(title === undefined ? 'begins' : `begins: ${safeLine(title)}`, 'dim')];
  }
  return [span(doing.text, doing.kind === 'trouble' ? 'warn' : 'plain')];
}
