import { isMeta } from '../domain/demo.ts';
import type { TranscriptLine } from './transcript.ts';

type Event = TranscriptLine['event'];

/** A tool that makes an issue, or changes one, whatever a tracker calls it. */
const SAVES_ISSUE = /__(save|create)_issue$/u;

/** Counts the issues that sessions made, by what their transcripts say. */
export interface MadeIssues {
  /** How many there are now, where this line tells of a new one. */
  take(event: Event): number | undefined;
}

/**
 * One that is changed, found to be there already or refused is no new one, and the one about progress
 * comes on top.
 */
export function countMadeIssues(): MadeIssues {
  /** What the calls under way are to save. */
  const open = new Map<string, Readonly<Record<string, unknown>>>();
  const made = new Set<string>();
  return {
    take(event) {
      if (event.type === 'tool_started' && SAVES_ISSUE.test(event.name))
        open.set(event.id, objectIn(event.input));
      if (event.type !== 'tool_ended') return undefined;
      const asked = open.get(event.id);
      open.delete(event.id);
      if (asked === undefined || event.failed || asked['id'] !== undefined) return undefined;
      if (isMeta({ title: String(asked['title']) })) return undefined;
      const before = made.size;
      made.add(idIn(event.output) ?? event.id);
      return made.size > before ? made.size : undefined;
    },
  };
}

/** The tracker's name for it; its answer may be cut off. */
function idIn(output: string): string | undefined {
  return /"id"\s*:\s*"([^"]+)"/u.exec(output)?.[1];
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...Object(JSON.parse(text)) };
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
