import { setTimeout as sleep } from 'node:timers/promises';
import {
  answerApproval,
  endUnhosted,
  flaggedBy,
  newId,
  onResume,
  prepareProject,
  refreshSnapshot,
  refuseDamagedTracker,
  refuseFullDisk,
  requestControl,
  resumeRun as goOn,
} from '../app.ts';
import { namedBy, type Approval, type ApprovalAnswer } from '../domain/approval.ts';
import { hasCode, type HarnessError } from '../domain/errors.ts';
import { PHASES } from '../domain/phase.ts';
import { ENDED, type Project, type Run, type RunControl, type RunSettings } from '../domain/run.ts';
import type * as contract from './contract.ts';
import type { Found } from './find.ts';
import type { Parts } from './parts.ts';
import { Refusal } from './problems.ts';
import { runView } from './views.ts';

/** The run as it is after something was done to it. */
async function nowOf({ app }: Parts, { id }: Run): Promise<contract.Run> {
  const run = await app.store.runs.get(id);
  if (run === undefined) throw new Error(`run ${id} is gone`);
  return runView(run, await app.hosted(run));
}

/** Begins a run of the project; whoever carries it out is started beside. */
export async function startRun(
  parts: Parts,
  project: Project,
  order: contract.StartRun,
): Promise<contract.Run> {
  const { app } = parts;
  const { idea, settings } = await planOf(parts, project, order);
  await refuseFullDisk(app, project.directory);
  await prepareProject(app, {
    directory: project.directory,
    name: project.name,
    existing: false,
    rehearsal: false,
    notice: parts.log,
  });
  const placed = await refuseDamagedTracker(app, { projectId: project.id, settings });
  // Whoever carries it out begins it: a new database has no engine's tables before that.
  const run = await app.store.runs.create({
    id: newId(),
    projectId: project.id,
    idea,
    settings: { ...settings, ...placed },
  });
  parts.keeper.look();
  return nowOf(parts, run);
}

interface Plan {
  readonly idea: string;
  readonly settings: RunSettings;
}

async function planOf(parts: Parts, project: Project, order: contract.StartRun): Promise<Plan> {
  const { settings } = parts.app.config;
  const rehearsal = order.rehearse === true ? await parts.rehearsalOf(settings) : null;
  if (rehearsal === null) refuseWithoutCredential(parts);
  const idea = order.idea ?? project.idea ?? rehearsal?.idea;
  if (idea === undefined)
    throw new Refusal(422, 'IDEA_MISSING', { detail: 'Say what to build: `idea`' });
  const chosen = { ...(rehearsal?.settings ?? settings), interactive: true };
  return { idea, settings: from({ ...chosen, ...changesOf(order, chosen) }, order.from) };
}

function refuseWithoutCredential({ app }: Parts): void {
  if (app.config.credential !== null) return;
  throw new Refusal(409, 'CREDENTIAL_MISSING', {
    detail:
      'Neither ANTHROPIC_API_KEY nor CLAUDE_CODE_OAUTH_TOKEN is set where the server runs; `rehearse: true` plays a scripted model',
  });
}

/** Only what was said changes what was configured, or settled when the run began. */
function changesOf(order: contract.ResumeRun, settings: RunSettings): Partial<RunSettings> {
  const { autonomy, model, parallel, max_sessions: maxSessions, budget_usd: budgetUsd } = order;
  const { phases } = settings;
  return {
    served: true,
    ...(autonomy === undefined ? {} : { autonomy }),
    ...(model === undefined ? {} : { model }),
    ...(maxSessions === undefined ? {} : { maxSessions }),
    ...flaggedBy({ model, maxSessions }),
    ...(budgetUsd === undefined ? {} : { budgetUsd }),
    ...(parallel === undefined
      ? {}
      : { parallel, phases: { ...phases, implement: { ...phases.implement, parallel } } }),
  };
}

/** What the request says, and what the environment of the server does. */
function resumedWith(
  { app }: Parts,
  order: contract.ResumeRun,
  settings: RunSettings,
): Partial<RunSettings> {
  const { model, max_sessions: maxSessions } = order;
  const said = {
    ...(model === undefined ? {} : { model }),
    ...(maxSessions === undefined ? {} : { maxSessions }),
  };
  return { ...changesOf(order, settings), ...onResume(app.config, settings, said) };
}

function from(settings: RunSettings, first: contract.StartRun['from']): RunSettings {
  const off = first === undefined ? [] : PHASES.slice(0, PHASES.indexOf(first));
  const phases = off.reduce(
    (left, name) => Object.assign({}, left, { [name]: { ...left[name], enabled: false } }),
    settings.phases,
  );
  return { ...settings, phases };
}

/** Goes on with a run that ended or that nobody carries out. */
export async function resumeRun(
  parts: Parts,
  { project, run }: Found,
  order: contract.ResumeRun,
): Promise<contract.Run> {
  const { app } = parts;
  const live = run.status === 'running' && run.control === null;
  if (live && run.settings.served === true && (await app.hosted(run)))
    throw new Refusal(409, 'RUN_LIVE', {
      detail: 'The run is under way; there is nothing to resume',
    });
  if (run.settings.label !== 'rehearsal') refuseWithoutCredential(parts);
  await refuseFullDisk(app, project.directory);
  const placed = await refuseDamagedTracker(app, run);
  const change = { ...resumedWith(parts, order, run.settings), ...placed };
  const resumed = await goOnWith(parts, run, change);
  parts.keeper.look();
  await refreshSnapshot(app, project, resumed.id);
  return nowOf(parts, resumed);
}

/** One that nobody has begun yet is begun by whoever carries it out. */
async function goOnWith(parts: Parts, run: Run, change: Partial<RunSettings>): Promise<Run> {
  const { app } = parts;
  const { store } = app;
  if (run.status === 'pending' && run.control === null) {
    await store.runs.amend(run.id, change);
    return run;
  }
  const operating = { store, client: await app.client() };
  return onceMade(parts, run, () => goOn(operating, run, change));
}

/** Postgres: there is no such table. */
const UNDEFINED_TABLE = '42P01';

/** The first host of a database takes so long to make the engine's tables, on a busy machine. */
const MAKING_MS = 20_000;

/** Repeats the body until the engine's tables are there, which the first host makes. */
async function onceMade<T>(parts: Parts, run: Run, body: () => Promise<T>): Promise<T> {
  const { hosts } = parts.keeper;
  for (const deadline = performance.now() + MAKING_MS; ;) {
    try {
      return await body();
    } catch (error) {
      if (!hasCode(error, UNDEFINED_TABLE)) throw error;
    }
    await hosts.ensure(run.settings.label);
    const host = hosts.states().find(({ label }) => label === run.settings.label);
    const broken = host?.pid === null ? host.trouble : null;
    if (broken !== null || performance.now() > deadline) throw notHosted(broken);
    await sleep(500);
  }
}

function notHosted(trouble: string | null): Refusal {
  const why = trouble === null ? 'has not begun yet' : `can't begin: ${trouble}`;
  return new Refusal(503, 'HOST_AWAY', {
    detail: `The process that carries runs out ${why}; try again in a moment`,
    headers: { 'retry-after': '5' },
  });
}

/** Ends or holds a run; one that nobody carries out at once. */
export async function controlRun(
  parts: Parts,
  { project, run }: Found,
  control: RunControl,
): Promise<contract.Run> {
  const { app } = parts;
  const { store } = app;
  await requestControl({ store }, run, control);
  if (!(await app.hosted(run))) {
    const trackerOf = (one: Run): ReturnType<typeof app.trackerOf> => app.trackerOf(one);
    await endUnhosted({ store, client: await app.client(), trackerOf }, run, control);
  }
  await refreshSnapshot(app, project, run.id);
  return nowOf(parts, run);
}

export interface Answering {
  /** Id of the approval; null: what has waited longest. */
  readonly approval: string | null;
  /** What the person looked at. */
  readonly state: string;
  readonly answer: ApprovalAnswer;
}

/** Records a person's answer to exactly what they saw; the run goes on. */
export async function giveAnswer(
  parts: Parts,
  { project, run }: Found,
  order: Answering,
): Promise<contract.Answered> {
  const { app } = parts;
  const open = await app.store.approvals.pending(run.id);
  const meant = open.find(({ id }) => order.approval === null || id === order.approval);
  if (meant === undefined) throw await notOpen(parts, order, open);
  const approval = await answerApproval(
    { store: app.store, client: await app.client(), hubOf: (one) => app.hubOf(one) },
    { run, project, about: meant.id, state: order.state, answer: order.answer },
  );
  await takeOn(parts, run);
  await refreshSnapshot(app, project, run.id);
  const { id, phase, change } = approval;
  const { kind } = order.answer;
  return {
    approval: id,
    phase,
    item: change?.itemKey ?? null,
    answer: kind,
    run: await nowOf(parts, run),
  };
}

async function notOpen(
  { app }: Parts,
  { approval }: Answering,
  open: readonly Approval[],
): Promise<HarnessError | Refusal> {
  if (approval !== null && (await app.store.approvals.get(approval))?.answer)
    return new Refusal(409, 'APPROVAL_ANSWERED', { detail: 'This question was answered already' });
  const waiting = open.map(namedBy).join(', ');
  return new Refusal(409, 'APPROVAL_NONE', {
    detail: waiting === '' ? 'Nothing waits for an approval' : `Not this waits, but: ${waiting}`,
  });
}

/** An answer sets a run going: where no terminal does, this server carries it out from now on. */
export async function takeOn({ app, keeper }: Parts, run: Run): Promise<void> {
  if (ENDED.includes(run.status)) return;
  if (run.settings.served !== true && !(await app.hosted(run)))
    await app.store.runs.amend(run.id, { served: true });
  keeper.look();
}
