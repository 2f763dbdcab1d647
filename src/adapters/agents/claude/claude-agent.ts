import type { Query, SpawnOptions } from '@anthropic-ai/claude-agent-sdk';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../../domain/errors.ts';
import type { Agent, SessionEnd, SessionEvent, SessionOrder } from '../../../sessions/agent.ts';
import { withBoundedLines } from './bounded-lines.ts';
import type { Streams } from './bounded-lines.ts';
import { watchChild } from './child.ts';
import type { SessionChild } from './child.ts';
import { claudeExecutable, cliVersion } from './executable.ts';
import { hostServer } from './host-tools.ts';
import { strangeTool } from './hooks.ts';
import { createMessageReader } from './messages.ts';
import type { MessageReader, Reading } from './messages.ts';
import {
  HOST_SERVER,
  fixedOptions,
  serverNames,
  startedServers,
  toolNames,
  wireServers,
} from './options.ts';
import type { ClaudeDeps } from './options.ts';
import { reasonOf } from './text.ts';
import { hasTranscript } from './transcript-file.ts';

/**
 * How long the CLI may take to leave by itself once it has given its result, where its session may be
 * asked again: by then it has written down what it remembers. Nobody waits for that otherwise, a tenth
 * of a second and more.
 */
const LEAVE_MS = 1000;
/** Between asking an aborted process to end and killing it; the port promises two seconds. */
const ABORT_GRACE_MS = 700;

const ABORTED: SessionEnd = Object.freeze({ status: 'aborted' });

/** A session under way: where its messages come from, and what must be ended with it. */
interface Sitting {
  readonly query: Query;
  readonly reader: MessageReader;
  /** Null until the SDK has started it. */
  readonly child: () => SessionChild | null;
}

/**
 * The agent behind the Agent SDK: one CLI process a session, started through `order.spawn`, with
 * nothing of the host's environment, settings or credentials.
 */
export function createClaudeAgent(deps: ClaudeDeps): Agent {
  return { run: (order, signal) => attend(deps, order, signal) };
}

async function* attend(
  deps: ClaudeDeps,
  order: SessionOrder,
  signal: AbortSignal,
): AsyncGenerator<SessionEvent, void> {
  let last: Reading | null = null;
  let sitting: Sitting | null = null;
  let thrown: unknown = null;
  try {
    if (!signal.aborted) {
      sitting = await open(deps, order);
      last = yield* listen(sitting, order, signal);
    }
  } catch (error) {
    thrown = error;
  } finally {
    const leaves = last?.leaves === true && mayBeAskedAgain(order) && !signal.aborted;
    await close(sitting, leaves ? LEAVE_MS : 0);
  }
  const lost = signal.aborted ? ABORTED : noResult(sitting, thrown);
  yield { type: 'ended', end: withoutToken(last?.end ?? lost, order.wire.token) };
}

/** Hands on what the session tells until its end; null when it stopped without one. */
async function* listen(
  { query, reader }: Sitting,
  order: SessionOrder,
  signal: AbortSignal,
): AsyncGenerator<SessionEvent, Reading | null> {
  const messages = query[Symbol.asyncIterator]();
  const aborted = new Promise<null>((resolve) => {
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
  while (!signal.aborted) {
    const step = await Promise.race([messages.next(), aborted]);
    if (step === null || step.done === true) return null;
    const reading = reader.read(step.value);
    for (const event of reading.events) tellOfStrangers(order, event);
    yield* reading.events;
    if (reading.end !== null) return reading;
  }
  return null;
}

/** The CLI refuses a tool that it does not know without asking anybody. */
function tellOfStrangers(order: SessionOrder, event: SessionEvent): void {
  if (event.type !== 'tool_started' || toolNames(order).includes(event.name)) return;
  const { name: tool, input } = event;
  order.onRefused?.({ tool, input: { command: input }, reason: strangeTool(tool) });
}

async function open(deps: ClaudeDeps, order: SessionOrder): Promise<Sitting> {
  // Loading the SDK takes a third of a second, which only those who start sessions should pay.
  const sdk = await import('@anthropic-ai/claude-agent-sdk');
  const resumed = await hasTranscript(order.configDir, order.sessionId);
  let child: SessionChild | null = null;
  const query = sdk.query({
    prompt: order.prompt,
    options: {
      ...fixedOptions(deps, order),
      ...(resumed ? { resume: order.sessionId } : { sessionId: order.sessionId }),
      mcpServers: {
        ...wireServers(order),
        ...startedServers(order),
        ...(order.hostTools.length === 0
          ? {}
          : { [HOST_SERVER]: hostServer(sdk, HOST_SERVER, order.hostTools) }),
      },
      pathToClaudeCodeExecutable: claudeExecutable().path,
      spawnClaudeCodeProcess: (request) => {
        const started = start(order, request);
        child = watchChild(started);
        return withBoundedLines(started);
      },
    },
  });
  return {
    query,
    reader: createMessageReader({
      ...order,
      version: cliVersion(),
      tools: toolNames(order),
      servers: serverNames(order),
      structured: order.outputSchema !== null,
      resumed,
    }),
    child: () => child,
  };
}

function start(order: SessionOrder, request: SpawnOptions): ChildProcess & Streams {
  const child = order.spawn({
    command: request.command,
    args: request.args,
    cwd: request.cwd ?? order.workspace,
    env: definedOf(request.env),
    signal: request.signal,
  });
  if (!hasStreams(child)) throw new Error('The session process has no pipes to talk through.');
  return child;
}

function hasStreams(child: ChildProcess): child is ChildProcess & Streams {
  return child.stdin !== null && child.stdout !== null;
}

function definedOf(env: SpawnOptions['env']): Record<string, string> {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined;
  });
  return Object.fromEntries(entries);
}

/** Answers of a given form are sent back when they can't be used. */
function mayBeAskedAgain({ outputSchema }: SessionOrder): boolean {
  return outputSchema !== null;
}

/** Ends the process after `leaveMs` to go by itself; when this returns, it is gone. */
async function close(sitting: Sitting | null, leaveMs: number): Promise<void> {
  const child = sitting?.child() ?? null;
  if (child !== null) {
    if (leaveMs > 0) await Promise.race([child.gone, delay(leaveMs, undefined, { ref: false })]);
    await child.stop(ABORT_GRACE_MS);
  }
  sitting?.query.close();
}

function noResult(sitting: Sitting | null, thrown: unknown): SessionEnd {
  const said = [
    'The agent process ended without a result.',
    thrown === null ? '' : messageOf(thrown),
    sitting?.child()?.stderrTail().slice(-600) ?? '',
  ];
  return { status: 'failed', reason: reasonOf(said.filter((part) => part !== '').join(' ')) };
}

/** The token stands for no credential outside, but it need not be in the records either. */
function withoutToken(end: SessionEnd, token: string): SessionEnd {
  return 'reason' in end && token !== ''
    ? { ...end, reason: end.reason.replaceAll(token, '[token]') }
    : end;
}
