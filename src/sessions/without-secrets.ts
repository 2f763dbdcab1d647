import type { SessionEnd, SessionEvent } from './agent.ts';

type Redact = (text: string) => string;

/** The event with every text of the agent, its tools and its provider passed through `redact`. */
export function withoutSecrets(redact: Redact, event: SessionEvent): SessionEvent {
  switch (event.type) {
    case 'text':
      return { ...event, text: redact(event.text) };
    case 'tool_started':
      return { ...event, name: redact(event.name), input: redact(event.input) };
    case 'tool_ended':
      return { ...event, output: redact(event.output) };
    case 'retry':
      return { ...event, error: redact(event.error) };
    case 'ended':
      return { ...event, end: endWithoutSecrets(redact, event.end) };
    case 'started':
    case 'alive':
      return event;
  }
}

function endWithoutSecrets(redact: Redact, end: SessionEnd): SessionEnd {
  switch (end.status) {
    case 'completed':
      return { ...end, text: redact(end.text), output: deeply(redact, end.output) };
    case 'limited':
    case 'refused':
    case 'failed':
      return { ...end, reason: redact(end.reason) };
    case 'aborted':
      return end;
  }
}

function deeply(redact: Redact, value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((part: unknown) => deeply(redact, part));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [redact(key), deeply(redact, part)]),
  );
}
