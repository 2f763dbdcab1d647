import type { PhaseName, PhaseSettings, PhaseState } from '../../src/domain/phase.ts';
import type { Run, RunSettings } from '../../src/domain/run.ts';
import type { WorkItem } from '../../src/domain/work-item.ts';

const ordinary: PhaseSettings = {
  enabled: true,
  pattern: 'single',
  checkpointPause: false,
  maxRetries: 2,
  timeoutMs: 60_000,
  parallel: 1,
};

export const SETTINGS: RunSettings = {
  model: 'a-model',
  autonomy: 'full',
  interactive: false,
  parallel: 3,
  maxSessions: 100,
  sessionTimeoutMs: 60_000,
  stallTimeoutMs: 10_000,
  retryDelayMs: 1000,
  maxConsecutiveErrors: 3,
  itemMaxAttempts: 3,
  budgetUsd: null,
  maxLimitWaitMs: 60_000,
  checkTimeoutMs: 10_000,
  flakyRetries: 0,
  phases: {
    ideation: ordinary,
    architecture: ordinary,
    task_breakdown: ordinary,
    initialize: ordinary,
    implement: ordinary,
    testing: ordinary,
    deploy: ordinary,
  },
  backend: {
    type: 'postgres',
    jsonFile: '.work_items.json',
    linearTeam: null,
    linearProject: null,
  },
  sandbox: { driver: 'bwrap', read: [] },
  environment: { prepare: null, services: [], env: {}, secrets: [] },
  deploy: null,
  attributionHeaders: false,
  label: '',
};

const AT = '2026-03-01T10:00:00.000Z';

/** A run as it would be read from the store, without one. */
export function runWith(changes: Partial<Run> = {}): Run {
  return {
    id: 'run-1',
    projectId: 'project-1',
    idea: 'a shop',
    status: 'running',
    control: null,
    generation: 1,
    settings: SETTINGS,
    reason: null,
    projectCheck: 'npm test',
    createdAt: AT,
    endedAt: null,
    ...changes,
  };
}

/** Settings in which one phase differs. */
export function settingsOf(phase: PhaseName, changes: Partial<PhaseSettings>): RunSettings {
  const { phases } = SETTINGS;
  return { ...SETTINGS, phases: { ...phases, [phase]: { ...phases[phase], ...changes } } };
}

/** A work item as it would be read from the store. */
export function anItem(changes: Partial<WorkItem> = {}): WorkItem {
  return {
    projectId: 'project-1',
    runId: 'run-1',
    key: 'API-1',
    title: 'List links',
    description: 'as agreed',
    priority: 3,
    dependencies: [],
    checks: [{ kind: 'command', run: 'npm test', exit: 0 }],
    status: 'todo',
    failures: 0,
    attempts: 0,
    notBefore: null,
    reason: null,
    feedback: null,
    commit: null,
    createdAt: AT,
    updatedAt: AT,
    ...changes,
  };
}

/** A phase as it would be read from the store. */
export function aPhase(changes: Partial<PhaseState> = {}): PhaseState {
  return {
    name: 'ideation',
    status: 'pending',
    attempts: 0,
    discarded: 0,
    feedback: null,
    startedAt: null,
    completedAt: null,
    error: null,
    outputs: [],
    ...changes,
  };
}
