import { caughtIn, folded, type Caught } from '../domain/caught.ts';
import type { StoredEvent } from '../domain/event.ts';
import { unlandedIn } from '../domain/landing.ts';
import { isCapReached, type Project, type Run, type RunStatus } from '../domain/run.ts';
import { whatOf } from '../domain/why.ts';
import type { WorkItem } from '../domain/work-item.ts';
import { eventsAfter, readSnapshot, type App } from '../app.ts';
import type { Output } from './output.ts';
import { unsealedLine } from './status-lines.ts';
import { clipped, dollars, grouped, table } from './table.ts';

interface SummaryOrder {
  readonly app: App;
  readonly output: Output;
  readonly project: Project;
  readonly run: Run;
}

/** What was built, what failed and was caught, what it took, and what to do next. */
export async function printSummary(order: SummaryOrder): Promise<void> {
  const { app, output, project, run } = order;
  const stored = await eventsAfter(app.store, project.id, 0);
  const events = stored.filter((one) => one.runId === run.id);
  const items = await app.store.items.list(project.id);
  const caught = caughtIn(events);
  const usage = await app.store.usage.total(run.id);
  const snapshot = await readSnapshot(app.store, project, {
    run,
    hosted: true,
    now: new Date().toISOString(),
  });
  const rehearsal = run.settings.label === 'rehearsal';
  output.object({ type: 'summary', ...snapshot, caught, seconds: secondsOf(events) });
  const read = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  const tokens = `${grouped(read)} in, ${grouped(usage.outputTokens)} out`;
  const landing = landingLines(stored);
  const money = rehearsal ? '' : `, cost ${dollars(usage.costUsd)}`;
  for (const line of [
    '',
    `${project.name}: ${run.status}${run.reason === null ? '' : ` (${run.reason})`}`,
    ...(snapshot.unsealed === null ? [] : [unsealedLine(snapshot.unsealed)]),
    ...built(items),
    ...caughtLines(caught, run.status),
    ...(run.settings.demo === undefined ? [] : pictureLines(events)),
    `Time ${secondsOf(events)} s, ${rehearsal ? 'rehearsal ' : ''}tokens ${tokens}${money}.`,
    ...(rehearsal
      ? ['This was a rehearsal: the model was a script, everything else was real.']
      : []),
    ...landing,
    ...next(order, landing.length > 0),
  ])
    output.data(line, line.startsWith('  ') ? 6 : 2);
}

function secondsOf(events: readonly StoredEvent[]): number {
  const first = events[0]?.at;
  const last = events.at(-1)?.at;
  return first === undefined || last === undefined
    ? 0
    : Math.round((Date.parse(last) - Date.parse(first)) / 1000);
}

function built(items: readonly WorkItem[]): string[] {
  if (items.length === 0) return [];
  const done = items.filter((item) => item.status === 'done');
  return [
    `Built ${done.length} of ${items.length} work items:`,
    ...table(
      items.map((item) => [
        `  ${item.status === 'done' ? '+' : '-'} ${item.key}`,
        item.title,
        item.status === 'done' ? '' : undone(item),
      ]),
    ),
  ];
}

function undone({ status, reason }: WorkItem): string {
  const state = status.replace('_', ' ');
  return reason === null ? state : `${state}: ${clipped(reason, 120)}`;
}

/** Of a run that is not complete nothing is praised: what stands in its way is said above. */
export function caughtLines(caught: readonly Caught[], status: RunStatus): string[] {
  if (caught.length === 0) return status === 'completed' ? ['Nothing went wrong on the way.'] : [];
  return [
    'Caught on the way:',
    ...table(
      folded(caught).map(({ kind, where, what, times }) => [
        `  ! ${kind}`,
        where,
        `${clipped(what, 120)}${times > 1 ? ` (${times} times)` : ''}`,
      ]),
    ),
  ];
}

/** Proved work that a person looks for in vain is said to be elsewhere. */
function landingLines(events: readonly StoredEvent[]): string[] {
  const unlanded = unlandedIn(events);
  return unlanded === null
    ? []
    : [`NOT LANDED: ${whatOf(unlanded)} not in your repository yet: ${unlanded.reason}`];
}

function next({ project, run }: SummaryOrder, unlanded: boolean): string[] {
  if (run.settings.demo !== undefined && !unlanded) return nextOfDemo(project, run);
  if (run.status === 'completed' && unlanded)
    return ['Next: clear that away, then `harness land` brings everything'];
  if (run.status === 'completed')
    return ['Next:', `  cd ${project.directory}`, '  cat PRPs/plans/tasks.md && sh init.sh'];
  if (run.status === 'waiting_approval')
    return [
      'Next: `harness status` shows what is asked; `harness approve`, or `harness reject NAME --reason TEXT`, then `harness resume`',
    ];
  return ['Next: `harness why`, then `harness resume`'];
}

function nextOfDemo({ directory }: Project, run: Run): string[] {
  if (run.status === 'completed') return ['Next:', `  cd ${directory}`, '  ./init.sh'];
  const again = `harness demo --project-dir ${directory}`;
  if (run.status === 'limited' && isCapReached(run.reason))
    return [`Next: \`${again}\` goes on; --max-iterations counts the sessions there were, too`];
  if (run.status === 'waiting_approval')
    return [
      `Next: \`harness status\` shows what is asked; answer with \`harness approve\` or \`harness reject\`, then \`${again}\``,
    ];
  return [`Next: \`harness why\`, then \`${again}\``];
}

function pictureLines(events: readonly StoredEvent[]): string[] {
  const files = events.flatMap(({ event }) =>
    event.type === 'screenshots.kept' ? event.files : [],
  );
  if (files.length === 0) return ['No pictures: no session had a browser, or none used it.'];
  return [`Pictures: ${files.length} kept under .harness/evidence, the last ${files.at(-1) ?? ''}`];
}
