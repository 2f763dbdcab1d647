/** An attempt, or a phase's own deed, that this process carries out. */
interface Entry {
  agent: boolean;
  readonly runId: string;
  readonly controller: AbortController;
  graceful: boolean;
}

interface Kind {
  /** Whether an agent is at work in it; a proof and a phase's own deed take no agent's slot. */
  readonly agent: boolean;
}

/** Attempts and deeds of phases under way in this process, so that a stop can reach them. */
export interface Running {
  /** Agents at work here. */
  agents(): number;
  has(id: string): boolean;
  /** Whether anything of the run is under way here. */
  busy(runId: string): boolean;
  /** Registers one by an id of its own; call `leave` when it is over. */
  enter(
    id: string,
    runId: string,
    kind: Kind,
  ): { readonly signal: AbortSignal; readonly leave: () => void };
  /** Ends what is under way of the run: at once, or each at its next step and after `graceMs` at the latest. */
  stop(runId: string, order: { readonly now: boolean; readonly graceMs: number }): void;
  /** The same for the agent of one attempt; a proof is left alone. */
  callOff(attemptId: string, graceMs: number): void;
  /** The session is over and only its work is to be put away: the slot is free for another agent. */
  agentGone(attemptId: string): void;
  /** Called between two steps of a session: ends it if a graceful stop waits for that. */
  stepped(attemptId: string): void;
}

/** What this process is at work on; nothing at first. */
export function createRunning(): Running {
  const entries = new Map<string, Entry>();
  const abort = (entry: Entry): void => entry.controller.abort(new Error('stopped by request'));
  const soon = (entry: Entry, graceMs: number): void => {
    if (entry.graceful) return;
    entry.graceful = true;
    setTimeout(() => abort(entry), graceMs).unref();
  };
  return {
    agents: () => entries.values().reduce((count, { agent }) => count + Number(agent), 0),
    has: (id) => entries.has(id),
    busy: (runId) => entries.values().some((entry) => entry.runId === runId),
    enter(id, runId, { agent }) {
      const entry: Entry = { agent, runId, controller: new AbortController(), graceful: false };
      entries.set(id, entry);
      return {
        signal: entry.controller.signal,
        leave: () => {
          if (entries.get(id) === entry) entries.delete(id);
        },
      };
    },
    stop(runId, { now, graceMs }) {
      for (const entry of entries.values()) {
        if (entry.runId !== runId) continue;
        if (now) abort(entry);
        else soon(entry, graceMs);
      }
    },
    callOff(attemptId, graceMs) {
      const entry = entries.get(attemptId);
      if (entry?.agent === true) soon(entry, graceMs);
    },
    agentGone(attemptId) {
      const entry = entries.get(attemptId);
      if (entry !== undefined) entry.agent = false;
    },
    stepped(attemptId) {
      const entry = entries.get(attemptId);
      if (entry?.graceful === true) abort(entry);
    },
  };
}
