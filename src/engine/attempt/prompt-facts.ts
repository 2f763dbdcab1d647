import { DOCUMENTS } from '../../domain/document.ts';
import { earlierOf } from '../../demo/earlier.ts';
import { namesOf } from '../../demo/issues-meant.ts';
import type { PromptFacts } from '../../phases/role-prompt.ts';
import type { Brief } from '../deps.ts';
import type { Begun, WorkshopDeps } from './deps.ts';

/** Gathers what the role may be told, from main and the store as they are now. */
export async function promptFacts(
  deps: WorkshopDeps,
  begun: Begun,
  brief: Brief,
): Promise<PromptFacts> {
  const { attempt, run, hub, item, project } = begun;
  const head = await hub.head();
  const read = async (path: string): Promise<string> => (await hub.readFile(head, path)) ?? '';
  const items = item === null ? [] : await deps.store.items.list(project.id);
  return {
    phase: attempt.phase,
    role: attempt.role,
    idea: run.idea,
    requirements: (await read(DOCUMENTS.ideation)) || run.idea,
    architecture: (await read(DOCUMENTS.architecture)) || 'No architecture was written.',
    tasks: await read(DOCUMENTS.task_breakdown),
    projectCheck: run.projectCheck ?? '',
    contributions: attempt.role === 'synthesis' ? await contributions(deps, begun) : [],
    feedback: item?.feedback ?? brief.feedback,
    item,
    dependencies: items.filter((one) => item?.dependencies.includes(one.key) === true),
    demo: await demoFacts(deps, begun, brief),
  };
}

async function demoFacts(
  { store, trackerOf }: WorkshopDeps,
  { run, item }: Begun,
  { regressions = '' }: Brief,
): Promise<PromptFacts['demo']> {
  const { demo } = run.settings;
  if (demo === undefined) return null;
  const earlier = item === null ? [] : earlierOf(await store.items.ofRun(run.id));
  const names = item === null ? new Map<string, string>() : await namesOf(await trackerOf(run));
  const team = run.settings.backend.linearTeam;
  return { issues: demo.issues, team, names, earlier, regressions };
}

/** What the others gave in this attempt at the phase, or before it was interrupted. */
async function contributions(
  { store }: WorkshopDeps,
  { attempt, run }: Begun,
): Promise<PromptFacts['contributions']> {
  const { phase, role, number } = attempt;
  const kept = await store.attempts.kept(run.id, phase);
  const failed = (await store.attempts.list(run.id, { phase })).filter(
    (one) => one.number === number && !kept.some((other) => other.role === one.role),
  );
  return [...kept, ...failed]
    .filter((one) => one.role !== role)
    .map((one) => ({
      role: one.role,
      text: one.end?.status === 'succeeded' ? one.end.text : null,
    }));
}
