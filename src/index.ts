/** The library: what another program needs to read runs and to add parts of its own. */
export { HarnessError } from './domain/errors.ts';
export type { HarnessEvent, StoredEvent } from './domain/event.ts';
export { PHASES, type PhaseName, type PhaseState } from './domain/phase.ts';
export type { Project, Run, RunSettings, RunStatus } from './domain/run.ts';
export type { Check, Evidence } from './domain/check.ts';
export type { ItemDraft, WorkItem } from './domain/work-item.ts';
export type { Agent, SessionEnd, SessionEvent, SessionOrder } from './sessions/agent.ts';
export type { WorkTracker } from './work/tracker.ts';
export type { Phase, PhaseContext, PhaseEnd } from './phases/phase.ts';
