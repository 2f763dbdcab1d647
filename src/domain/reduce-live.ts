import type { StoredEvent } from './event.ts';
import type { Usage } from './usage.ts';
import { NO_RUN, type AgentLine, type LiveRun, type Doing } from './live-run.ts';
import { foldEvent } from './live-events.ts';

/** what changes a live run. */
export type LiveSignal =
  | { readonly type: 'stored'; readonly stored: StoredEvent }
  /** What an agent said or did last. */
  | { readonly type: 'did'; readonly session: string; readonly doing: Doing }
  /** What the run and its sessions took so far. */
  | {
      readonly type: 'spent';
      readonly total: Usage;
      readonly bySession: ReadonlyMap<string, Usage>;
    };

/**
 * The next state; pure. An event that creates a run begins anew, events of other runs change nothing
 * but the number of the last one, and one that was folded in before changes nothing at all.
 */
export function reduceLive(live: LiveRun, signal: LiveSignal): LiveRun {
  switch (signal.type) {
    case 'stored':
      return stored(live, signal.stored);
    case 'did':
      return onAgent(live, signal.session, (agent) => ({ ...agent, doing: signal.doing }));
    case 'spent':
      return {
        ...live,
        spent: signal.total,
        agents: live.agents.map((agent) => ({
          ...agent,
          spent: signal.bySession.get(agent.session) ?? agent.spent,
        })),
      };
  }
}

function stored(live: LiveRun, one: StoredEvent): LiveRun {
  if (one.id <= live.lastEvent) return live;
  const { event, runId, id } = one;
  if (event.type === 'run.created')
    return {
      ...NO_RUN,
      runId,
      idea: event.idea,
      rehearsal: event.rehearsal,
      lastEvent: id,
    };
  const folded = runId === live.runId ? foldEvent(live, one) : live;
  return { ...folded, lastEvent: id };
}

function onAgent(live: LiveRun, session: string, change: (agent: AgentLine) => AgentLine): LiveRun {
  return {
    ...live,
    agents: live.agents.map((agent) => (agent.session === session ? change(agent) : agent)),
  };
}
