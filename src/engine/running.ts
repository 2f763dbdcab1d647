/** An attempt that this process carries out. */
interface Entry {
  readonly runId: string;
  readonly controller: AbortController;
  graceful: boolean;
}

/** Attempts under way in this process, so that a stop can reach them. */
export interface Running {
  count(): number;
  has(attemptId: string): boolean;
  /** Registers an attempt; dispose when it is over. */
  enter(
    attemptId: string,
    runId: string,
  ): { readonly signal: AbortSignal; readonly leave: () => void };
  /** Ends the run's attempts: at once, or each at its next step and after `graceMs` at the latest. */
  stop(runId: string, order: { readonly now: boolean; readonly graceMs: number }): void;
  /** Called between two steps of a session: ends it if a graceful stop waits for that. */
  stepped(attemptId: string): void;
}

export function createRunning(): Running {
  const entries = new Map<string, Entry>();
  const abort = (entry: Entry): void => entry.controller.abort(new Error('stopped by request'));
  return {
    count: () => entries.size,
    has: (attemptId) => entries.has(attemptId),
    enter(attemptId, runId) {
      const entry: Entry = { runId, controller: new AbortController(), graceful: false };
      entries.set(attemptId, entry);
      return {
        signal: entry.controller.signal,
        leave: () => {
          if (entries.get(attemptId) === entry) entries.delete(attemptId);
        },
      };
    },
    stop(runId, { now, graceMs }) {
      for (const entry of entries.values()) {
        if (entry.runId !== runId) continue;
        if (now) abort(entry);
        else if (!entry.graceful) {
          entry.graceful = true;
          setTimeout(() => abort(entry), graceMs).unref();
        }
      }
    },
    stepped(attemptId) {
      const entry = entries.get(attemptId);
      if (entry?.graceful === true) abort(entry);
    },
  };
}
