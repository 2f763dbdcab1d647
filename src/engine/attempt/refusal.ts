import type { HarnessEvent, Subject } from '../../domain/event.ts';
import type { RefusedCall } from '../../sessions/agent.ts';
import { aboutOf } from '../../sessions/refused-call.ts';

/** Characters of a refused call that its event keeps. */
const MAX_SHOWN = 500;

/** The event of a tool call that a judge refused. */
export function refusal(
  subject: Subject,
  refused: RefusedCall,
  redact: (text: string) => string,
): HarnessEvent {
  const { tool, reason } = refused;
  const call = redact(aboutOf(refused)).slice(0, MAX_SHOWN);
  return { type: 'tool.refused', subject, tool, call, reason: redact(reason).slice(0, MAX_SHOWN) };
}
