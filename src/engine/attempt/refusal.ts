import { z } from 'zod';
import type { HarnessEvent, Subject } from '../../domain/event.ts';
import type { RefusedCall } from '../../sessions/agent.ts';

/** Characters of a refused call that its event keeps. */
const MAX_SHOWN = 500;

/** What a call was about: the command of a shell, the path of a file. */
const named = z.looseObject({
  command: z.string().optional(),
  file_path: z.string().optional(),
  path: z.string().optional(),
});

/** The event of a tool call that a judge refused. */
export function refusal(
  subject: Subject,
  { tool, input, reason }: RefusedCall,
  redact: (text: string) => string,
): HarnessEvent {
  const parsed = named.safeParse(input);
  const { command, file_path: file, path } = parsed.success ? parsed.data : {};
  const call = redact(command ?? file ?? path ?? '').slice(0, MAX_SHOWN);
  return { type: 'tool.refused', subject, tool, call, reason: redact(reason).slice(0, MAX_SHOWN) };
}
