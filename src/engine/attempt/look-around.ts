import { proved } from '../../domain/check.ts';
import { earlierOf } from '../../demo/earlier.ts';
import type { WorkItem } from '../../domain/work-item.ts';
import { feedbackOf } from '../../verify/feedback.ts';
import type { Brief } from '../deps.ts';
import { drainOutbox } from '../tracker-sync.ts';
import type { Begun, WorkshopDeps } from './deps.ts';
import { gateName } from './gate-folders.ts';
import { judgeTree } from './gate.ts';

/**
 * What demo mode does before a coding session: people see the claim in the tracker, and a finished
 * feature or two are judged again on main as it is. What is red there is said in the tracker, told
 * to the agent, and has to pass before its own work counts.
 */
export async function lookAround(
  deps: WorkshopDeps,
  begun: Begun,
  signal: AbortSignal,
): Promise<Pick<Brief, 'regressions'>> {
  const { run, item, hub } = begun;
  if (run.settings.demo === undefined || item === null) return {};
  await drainOutbox(deps, run);
  const red: string[] = [];
  const tree = await hub.treeOf(await hub.head());
  for (const earlier of earlierOf(await deps.store.items.ofRun(run.id))) {
    const name = gateName(begun);
    const evidence = await judgeTree(deps, { begun, name, tree, checks: earlier.checks }, signal);
    if (signal.aborted) break;
    if (proved(evidence)) continue;
    red.push(`${earlier.key} (${earlier.title}): ${feedbackOf(evidence)}`);
    await tell(deps, begun, { earlier, tree, evidence });
  }
  return red.length === 0 ? {} : { regressions: red.join('\n\n') };
}

interface Found {
  readonly earlier: WorkItem;
  readonly tree: string;
  readonly evidence: Awaited<ReturnType<typeof judgeTree>>;
}

async function tell(
  deps: WorkshopDeps,
  { attempt, run, item, subject, fence }: Begun,
  { earlier, tree, evidence }: Found,
): Promise<void> {
  const found = { type: 'regression.found', item: earlier.key } as const;
  await deps.store.attempts.record(fence, [{ ...found, subject, tree, evidence }]);
  const tracker = await deps.trackerOf(run);
  await tracker.comment(earlier.key, {
    id: `${attempt.id}:regression`,
    author: 'harness',
    text: deps.redact(
      `A regression: what proved this does not pass on main any more. ${item?.key ?? ''} can't be finished before it does.\n\n${feedbackOf(evidence)}`,
    ),
  });
}
