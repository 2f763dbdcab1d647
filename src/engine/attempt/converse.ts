import type { HarnessEvent } from '../../domain/event.ts';
import { keyFaults } from '../../domain/plan.ts';
import { PLAN_SCHEMA, readPlan } from '../../phases/plan-output.ts';
import { TESTER_SCHEMA } from '../../phases/testing.ts';
import { interruptedPrompt, rolePrompt, systemPrompt } from '../../phases/role-prompt.ts';
import type { SessionTools } from '../../gateway/mcp/box-servers.ts';
import type { RunSettings } from '../../domain/run.ts';
import type { Wire } from '../../gateway/wire.ts';
import type { SessionEvent, SpawnSealed } from '../../sessions/agent.ts';
import { rightsOf } from '../../sessions/roles.ts';
import { runSession, type SessionOutcome, type WatchedOrder } from '../../sessions/run-session.ts';
import { openTranscript } from '../../sessions/transcript.ts';
import type { Caps } from '../../work/run-store.ts';
import type { Brief } from '../deps.ts';
import type { Begun, WorkshopDeps } from './deps.ts';
import type { Place } from './place.ts';
import { promptFacts } from './prompt-facts.ts';
import { refusal } from './refusal.ts';
import { reportTool, type Report } from './report-tool.ts';
import { browserNote, openTools, picturesOf } from './tools.ts';

/** How often a plan may be sent back before the attempt counts as failed. */
const PLAN_ROUNDS = 3;

/** Least time between two stored signs of life. */
const TOUCH_MS = 2000;

/** A session that is over: how, what it claims, and what its wire saw. */
export interface Conversation {
  readonly outcome: SessionOutcome;
  readonly claim: Report | undefined;
  readonly wire: Pick<Wire, 'verdict'>;
}

/** What a session is made of. */
export interface Talk {
  readonly begun: Begun;
  readonly place: Place;
  readonly brief: Brief;
}

/** One session from its prompt to its end; a plan that can't be used goes back to its author. */
export async function converse(
  deps: WorkshopDeps,
  talk: Talk,
  signal: AbortSignal,
): Promise<Conversation> {
  const { begun, place } = talk;
  const tools = await openTools(deps, talk);
  await using wire = await openWire(deps, begun, place);
  const tool = reportTool({ ...begun, redact: deps.redact, record: recorder(deps, begun) });
  const order = await sessionOrder(deps, { ...talk, tools }, wire);
  const full = { ...order, hostTools: rightsOf(begun.subject).reports ? [tool] : [] };
  const outcome = await rounds(
    deps,
    { begun, order: full, wire, interrupted: place.interrupted },
    signal,
  );
  const pictures = await picturesOf(deps, talk);
  if (pictures !== null) await recorder(deps, begun)(pictures);
  return { outcome, claim: tool.claim(), wire };
}

interface Rounds {
  readonly begun: Begun;
  /** The session had begun before this process took it over. */
  readonly interrupted: boolean;
  readonly order: WatchedOrder;
  readonly wire: Wire;
}

async function rounds(
  deps: WorkshopDeps,
  talk: Rounds,
  signal: AbortSignal,
): Promise<SessionOutcome> {
  const { begun, order } = talk;
  let { prompt } = order;
  for (let round = 1; ; round += 1) {
    const outcome = await listen(deps, { ...talk, order: { ...order, prompt } }, signal);
    if (begun.attempt.role !== 'planner' || outcome.status !== 'completed') return outcome;
    const faults = await planFaults(deps, begun, outcome.output);
    if (faults.length === 0) return outcome;
    await recorder(
      deps,
      begun,
    )({
      type: 'plan.refused',
      reasons: faults.map((fault) => deps.redact(fault)),
    });
    if (round === PLAN_ROUNDS)
      return { status: 'failed', reason: `The plan was refused: ${faults.join(' ')}` };
    prompt = `Your plan can't be used. ${faults.join(' ')} Give the whole plan again, mended.`;
  }
}

/** Also keys that people gave to items of their own meanwhile. */
async function planFaults(
  { store }: WorkshopDeps,
  { run, attempt }: Begun,
  output: unknown,
): Promise<readonly string[]> {
  const answer = readPlan(output);
  if (!answer.ok) return answer.faults;
  return keyFaults(await store.items.taken(run.id, answer.plan.items, attempt.phase));
}

async function listen(
  deps: WorkshopDeps,
  talk: Rounds,
  signal: AbortSignal,
): Promise<SessionOutcome> {
  const { begun, order, wire } = talk;
  const { attempt, project } = begun;
  const path = deps.paths.transcriptOf(project, attempt.sessionId);
  await using transcript = await openTranscript(deps, path);
  const onEvent = watcher(deps, talk);
  return await runSession(
    { agent: deps.agent, clock: deps.clock, transcript, onEvent },
    { ...order, lastByteAt: () => wire.lastByteAt() },
    signal,
  );
}

/** Stores the start, signs of life, and tells where a graceful stop may end the session. */
function watcher(
  deps: WorkshopDeps,
  { begun, interrupted }: Rounds,
): (event: SessionEvent) => void {
  const { attempt, subject, fence } = begun;
  const record = recorder(deps, begun);
  let touched = 0;
  return (event) => {
    if (event.type === 'started') {
      const session = attempt.sessionId;
      if (!event.resumed)
        void record({ type: 'session.started', subject, session, model: event.model });
      else if (interrupted) void record({ type: 'session.resumed', subject, session });
    }
    if (event.type === 'tool_started' && isServersTool(event.name))
      void record({ type: 'mcp.called', subject, tool: event.name });
    if (event.type === 'tool_ended' || event.type === 'text') deps.stepped(attempt.id);
    const now = deps.clock.monotonic();
    if (now - touched < TOUCH_MS) return;
    touched = now;
    deps.store.attempts.touch(fence).catch((error: unknown) => deps.log(String(error)));
  };
}

/** What an agent reports is a fact of its own. */
function isServersTool(name: string): boolean {
  return name.startsWith('mcp__') && !name.startsWith('mcp__tracker__');
}

/** Appends a fact of this attempt; a lost fence or a database that is away must not end the session. */
function recorder(deps: WorkshopDeps, { fence }: Begun): (event: HarnessEvent) => Promise<void> {
  return async (event) => {
    try {
      await deps.store.attempts.record(fence, [event]);
    } catch (error) {
      deps.log(`event ${event.type}: ${String(error)}`);
    }
  };
}

function openWire(deps: WorkshopDeps, begun: Begun, place: Place): Promise<Wire> {
  const { attempt, run, project, subject } = begun;
  return deps.gateway.open({
    projectId: project.id,
    runId: run.id,
    subject,
    attempt: attempt.number,
    sessionId: attempt.sessionId,
    attribution: run.settings.attributionHeaders,
    model: run.settings.model,
    caps: capsOf(run.settings),
    owner: deps.owner(),
    sealed: deps.box.driver === 'bwrap',
    folder: place.socketDir,
  });
}

interface Equipped extends Talk {
  readonly tools: SessionTools;
}

async function sessionOrder(deps: WorkshopDeps, talk: Equipped, wire: Wire): Promise<WatchedOrder> {
  const { begun, place, brief } = talk;
  const { attempt, run, project } = begun;
  const find = deps.templatesOf(project);
  const { tools } = rightsOf(begun.subject);
  const facts = await promptFacts(deps, begun, brief);
  const first = await rolePrompt(find, facts);
  const prompt = place.interrupted
    ? await interruptedPrompt(find, tools.includes('Write'))
    : first + browserNote(talk.tools, begun);
  return {
    sessionId: attempt.sessionId,
    prompt,
    systemPrompt: await systemPrompt(find, tools.includes('Write')),
    model: run.settings.model,
    tools: tools.length === 0 ? [] : [...tools, ...deps.furtherTools],
    hostTools: [],
    boxServers: talk.tools.servers,
    workspace: place.workspace.path,
    configDir: place.configDir,
    wire,
    spawn: spawner(deps, talk, wire),
    onRefused: (call) => {
      void recorder(deps, begun)(refusal(begun.subject, call, deps.redact));
    },
    outputSchema: SCHEMAS[attempt.role] ?? null,
    limits: {
      wallMs: Math.min(run.settings.sessionTimeoutMs, run.settings.phases[attempt.phase].timeoutMs),
      stallMs: run.settings.stallTimeoutMs,
    },
  };
}

const SCHEMAS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  planner: PLAN_SCHEMA,
  tester: TESTER_SCHEMA,
};

/** Planners see the project, builders may write in it; nothing else of the host is there. */
function spawner(deps: WorkshopDeps, { begun, place, tools }: Equipped, wire: Wire): SpawnSealed {
  const { workspace, configDir } = place;
  const writes = rightsOf(begun.subject).tools.includes('Bash');
  return ({ command, args, cwd, env, signal }) =>
    deps.box.spawn({
      command: [command, ...args],
      cwd,
      writable: writes ? [workspace.path, configDir] : [configDir],
      readable: [
        ...(writes ? [] : [workspace.path]),
        ...workspace.objects,
        ...deps.agentFolders,
        ...tools.readable,
      ],
      env,
      socket: wire.socket,
      stdin: 'pipe',
      signal,
    });
}

function capsOf({ budgetUsd, sessionUsd, dayUsd }: RunSettings): Caps {
  return { runUsd: budgetUsd, sessionUsd: sessionUsd ?? null, dayUsd: dayUsd ?? null };
}
