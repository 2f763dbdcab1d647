import type { Agent, SessionEnd, SessionEvent, SessionOrder } from '../../sessions/agent.ts';

/** One thing a scripted agent does. */
export type Step =
  | { readonly do: 'say'; readonly text: string }
  /** A tool at work: `work` may write into the workspace or call a host tool. */
  | {
      readonly do: 'tool';
      readonly name: string;
      readonly input?: unknown;
      readonly work?: (order: SessionOrder, signal: AbortSignal) => Promise<string>;
    }
  /** Any event as it is, for ends of the stream that no real tool makes. */
  | { readonly do: 'emit'; readonly event: SessionEvent }
  /** Waits for the promise, or for the abort. */
  | { readonly do: 'wait'; readonly for: Promise<unknown> }
  /** Nothing more happens until the abort. */
  | { readonly do: 'hang' }
  /** Breaks the port's promise. */
  | { readonly do: 'throw'; readonly error: Error }
  | { readonly do: 'end'; readonly end: SessionEnd };

/** Decides what a session does; may look at the order's prompt, tools and workspace. */
export type Play = (order: SessionOrder) => Iterable<Step> | AsyncIterable<Step>;

/** An agent in this process that does what it is told: the shipped fake behind the Agent port. */
export function createScriptedAgent(play: Play): Agent {
  return { run: (order, signal) => perform(play, order, signal) };
}

async function* perform(
  play: Play,
  order: SessionOrder,
  signal: AbortSignal,
): AsyncGenerator<SessionEvent, void> {
  const stage: Stage = { order, signal, aborted: onceAborted(signal), calls: 0 };
  yield { type: 'started', model: order.model, resumed: false };
  for await (const step of play(order)) {
    if (signal.aborted) break;
    if (step.do === 'end') return yield { type: 'ended', end: step.end };
    yield* act(stage, step);
  }
  const end: SessionEnd = signal.aborted
    ? { status: 'aborted' }
    : { status: 'completed', text: '', output: null };
  yield { type: 'ended', end };
}

interface Stage {
  readonly order: SessionOrder;
  readonly signal: AbortSignal;
  readonly aborted: Promise<void>;
  calls: number;
}

async function* act(
  stage: Stage,
  step: Exclude<Step, { do: 'end' }>,
): AsyncGenerator<SessionEvent, void> {
  switch (step.do) {
    case 'say':
      yield { type: 'text', text: step.text };
      break;
    case 'tool':
      yield* useTool(stage, step);
      break;
    case 'emit':
      yield step.event;
      break;
    case 'wait':
      await Promise.race([step.for, stage.aborted]);
      break;
    case 'hang':
      await stage.aborted;
      break;
    case 'throw':
      throw step.error;
  }
}

async function* useTool(
  stage: Stage,
  step: Extract<Step, { do: 'tool' }>,
): AsyncGenerator<SessionEvent, void> {
  stage.calls += 1;
  const id = `call_${stage.calls}`;
  yield { type: 'tool_started', id, name: step.name, input: JSON.stringify(step.input ?? {}) };
  const output = await Promise.race([step.work?.(stage.order, stage.signal) ?? '', stage.aborted]);
  if (output !== undefined) yield { type: 'tool_ended', id, failed: false, output };
}

async function onceAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
