import { stripControls } from '../safety/strip-controls.ts';
import type { RefusedCall, SessionEvent } from './agent.ts';
import { aboutOf } from './refused-call.ts';

/** Why the watch ended a session: what it wants, it is not given. */
export interface Denial {
  readonly status: 'denied';
  /** Names the call, the rule and the setting that would allow it. */
  readonly reason: string;
}

export interface RefusalWatch {
  /** Fires when the same was refused too often. */
  readonly signal: AbortSignal;
  /** Null until then. */
  denial(): Denial | null;
  refused(call: RefusedCall): void;
  see(event: SessionEvent): void;
}

/** An agent that was told twice what to do instead won't find it out at the third time. */
const MOST = 3;

/** Characters of a refused call that a reason holds. */
const SHOWN = 200;

/**
 * Ends a session that goes on asking for what is refused: the very same call for the third time, or
 * the third for the same reason with nothing done in between. More would only cost money.
 */
export function createRefusalWatch(): RefusalWatch {
  const controller = new AbortController();
  const times = new Map<string, number>();
  let inARow = { what: '', times: 0 };
  let denial: Denial | null = null;
  return {
    signal: controller.signal,
    denial: () => denial,
    refused(call) {
      const same = JSON.stringify([call.tool, aboutOf(call), call.reason]);
      times.set(same, (times.get(same) ?? 0) + 1);
      const what = JSON.stringify([call.tool, call.reason]);
      inARow = { what, times: inARow.what === what ? inARow.times + 1 : 1 };
      if (denial !== null || Math.max(times.get(same) ?? 0, inARow.times) < MOST) return;
      denial = { status: 'denied', reason: reasonOf(call) };
      controller.abort();
    },
    see(event) {
      if (event.type === 'tool_ended' && !event.failed) inARow = { what: '', times: 0 };
    },
  };
}

function reasonOf(call: RefusedCall): string {
  const about = stripControls(aboutOf(call)).replaceAll(/\s+/gu, ' ');
  const shown = about.length > SHOWN ? `${about.slice(0, SHOWN)}…` : about;
  const what = shown === '' ? call.tool : `${call.tool} \`${shown}\``;
  return `${what} was refused ${MOST} times: ${call.reason}`;
}
