import { describeCheck, type Check, type Evidence } from '../../domain/check.ts';
import type { PlanDocument } from '../../domain/document.ts';
import { HarnessError, messageOf } from '../../domain/errors.ts';
import type { PhaseName } from '../../domain/phase.ts';
import type { Project, Run } from '../../domain/run.ts';
import type { ProjectAccess, Regression } from '../../phases/phase.ts';
import type { Hub } from '../../workspaces/hub.ts';
import { demoAccess } from './demo-access.ts';
import { deployOnce } from './deploy-once.ts';
import type { WorkshopDeps } from './deps.ts';
import { judgeTree, withProjectCheck } from './gate.ts';
import { landMain, type LandingOrder } from './land-main.ts';
import { untoldMove, written } from './untold-move.ts';

/** Tries of a document's commit while attempts move main at the same time. */
const COMMIT_TRIES = 20;

interface Scope {
  readonly run: Run;
  readonly phase: PhaseName;
  readonly attempt: number;
}

/** What one phase attempt may read and write of its project. */
export function accessTo(deps: WorkshopDeps, scope: Scope): ProjectAccess {
  const { run, phase, attempt } = scope;
  const { store } = deps;
  const open = (): Promise<{ project: Project; hub: Hub }> => openProject(deps, run);
  return {
    async textOf(role) {
      const kept = await store.attempts.kept(run.id, phase);
      const end = kept.find((one) => one.role === role)?.end;
      return end?.status === 'succeeded' ? (end.text ?? undefined) : undefined;
    },
    async document(path) {
      const { hub } = await open();
      return hub.readFile(await hub.head(), path);
    },
    async writeDocuments(documents, message) {
      const { project, hub } = await open();
      await commitDocuments(deps, { run, hub, documents, message });
      await landQuietly(deps, { project, hub, runId: run.id });
    },
    addItems: (items) => store.items.add(run.id, items, phase),
    setProjectCheck: (command) => store.runs.setProjectCheck(run.id, command),
    items: () => store.items.ofRun(run.id),
    takenKeys: (items) => store.items.taken(run.id, items, phase),
    regression: async (extra, signal) =>
      regression(deps, { ...(await open()), run, extra }, signal),
    deploy: async (signal) => deployOnce(deps, { ...(await open()), run, attempt }, signal),
    demo: demoAccess(deps, scope),
  };
}

/** Landing is tried again by itself: what hinders it must not fail the phase. */
async function landQuietly(deps: WorkshopDeps, order: LandingOrder): Promise<void> {
  try {
    await landMain(deps, order);
  } catch (error) {
    deps.log(`landing: ${messageOf(error)}`);
  }
}

async function openProject(deps: WorkshopDeps, run: Run): Promise<{ project: Project; hub: Hub }> {
  const project = await deps.store.projects.get(run.projectId);
  if (project === undefined)
    throw new HarnessError('PROJECT_UNKNOWN', `Run ${run.id} has no project in this database`);
  return { project, hub: await deps.hubOf(project) };
}

interface Commit {
  readonly run: Run;
  readonly hub: Hub;
  readonly documents: readonly PlanDocument[];
  readonly message: string;
}

/** Unchanged documents make no commit, so that a repeated step leaves one trace. */
async function commitDocuments(deps: WorkshopDeps, order: Commit): Promise<void> {
  const { run, hub, documents, message } = order;
  for (let tries = 0; tries < COMMIT_TRIES; tries += 1) {
    const head = await hub.head();
    const fresh: PlanDocument[] = [];
    for (const document of documents)
      if ((await hub.readFile(head, document.path)) !== document.text) fresh.push(document);
    // What stands there already may be the commit of an execution that ended before it could say so.
    await deps.store.events.append(
      run.projectId,
      run.id,
      await untoldMove({ store: deps.store, hub }),
    );
    if (fresh.length === 0) return;
    const commit = await hub.commitFiles({ files: fresh, message, expectedHead: head });
    if (commit === undefined) continue;
    return recordCommit(deps, { ...order, documents: fresh }, { from: head, to: commit });
  }
  throw new HarnessError(
    'MAIN_BUSY',
    `main moved ${COMMIT_TRIES} times while ${message}; resume tries again`,
  );
}

interface Step {
  readonly from: string;
  readonly to: string;
}

function recordCommit(
  deps: WorkshopDeps,
  { run, documents, message }: Commit,
  { from, to }: Step,
): Promise<void> {
  return deps.store.events.append(run.projectId, run.id, [
    ...documents.map(({ path, text }) => written(path, text, to)),
    { type: 'main.moved', from, to, cause: message },
  ]);
}

interface Scene {
  readonly project: Project;
  readonly hub: Hub;
  readonly run: Run;
}

/** Everything that was agreed, judged once more on main as a whole. */
async function regression(
  deps: WorkshopDeps,
  scene: Scene & { readonly extra: readonly string[] },
  signal: AbortSignal,
): Promise<Regression> {
  const { run, hub, extra } = scene;
  const tree = await hub.treeOf(await hub.head());
  const items = await deps.store.items.list(run.projectId);
  const done = items.filter((item) => item.status === 'done').flatMap((item) => item.checks);
  const agreed = withProjectCheck(unique(done), run.projectCheck);
  const proposed: readonly Check[] = extra.map((command) => ({
    kind: 'command',
    run: command,
    exit: 0,
  }));
  const judge = (checks: readonly Check[], name: string): Promise<readonly Evidence[]> =>
    judgeTree(deps, { begun: scene, name: `${run.id}-${name}`, tree, checks }, signal);
  const evidence = await judge(agreed, 'regression');
  const more = proposed.length === 0 ? [] : await judge(proposed, 'tester');
  return {
    passed: evidence.length > 0 && evidence.every((one) => one.verdict === 'passed'),
    report: [...evidence, ...more].map(line).join('\n') || 'No checks were agreed.',
    extraFailed: more
      .filter((one) => one.verdict !== 'passed')
      .map((one) => describeCheck(one.check)),
  };
}

function unique(checks: readonly Check[]): readonly Check[] {
  return [...new Map(checks.map((check) => [JSON.stringify(check), check])).values()];
}

function line({ check, verdict, exit }: Evidence): string {
  return `- ${verdict.replaceAll('_', ' ')}: \`${describeCheck(check).replaceAll('`', "'")}\`${exit === null ? '' : ` (exit ${exit})`}`;
}
