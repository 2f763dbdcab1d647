import { stripControls } from '../safety/strip-controls.ts';
import type { SessionEvent } from './agent.ts';

/** What is remembered of a session while it runs: enough to tell silence from work. */
export interface Recollection {
  see(event: SessionEvent): void;
  /** When the last event came, on the deps' monotonic clock; at first, when it began. */
  lastAt(): number;
  /** Whether anything was heard of it at all. */
  begun(): boolean;
  /** Whether a tool has started and not ended. */
  busy(): boolean;
  /** What it last did, one short line each, for the reason of a bad end. */
  tail(): string;
}

const LINES = 3;
const LINE_CHARS = 160;

export function createRecollection(clock: { monotonic(): number }): Recollection {
  const tools = new Map<string, string>();
  let lines: readonly string[] = [];
  let at = clock.monotonic();
  let begun = false;
  return {
    see(event) {
      begun = true;
      at = clock.monotonic();
      if (event.type === 'tool_started') tools.set(event.id, event.name);
      const line = lineOf(event, tools);
      if (event.type === 'tool_ended') tools.delete(event.id);
      if (line !== null) lines = [...lines, line].slice(-LINES);
    },
    lastAt: () => at,
    begun: () => begun,
    busy: () => tools.size > 0,
    tail: () => lines.join('; '),
  };
}

function lineOf(event: SessionEvent, tools: ReadonlyMap<string, string>): string | null {
  switch (event.type) {
    case 'text':
      return short(`said "${event.text}"`);
    case 'tool_started':
      return short(`began ${event.name} ${event.input}`);
    case 'tool_ended':
      return endingOf(tools.get(event.id), event.failed);
    case 'retry':
      return short(`model call failed (${event.error})`);
    case 'started':
    case 'alive':
    case 'ended':
      return null;
  }
}

function endingOf(tool: string | undefined, failed: boolean): string {
  return short(`${tool ?? 'a tool'} ${failed ? 'failed' : 'finished'}`);
}

function short(text: string): string {
  const line = stripControls(text).replaceAll(/\s+/gu, ' ');
  return line.length <= LINE_CHARS ? line : `${line.slice(0, LINE_CHARS)}…`;
}
