import { PHASES } from '../domain/phase.ts';
import type { PhaseName, PhaseSettings } from '../domain/phase.ts';
import type { DeploySettings, EnvironmentSettings, RunSettings } from '../domain/run.ts';
import type { ConfigFlags } from './config.ts';
import type { KnownVariables } from './environment.ts';
import { absolute } from './home.ts';
import { flaggedBy } from './on-resume.ts';
import type { FileSettings } from './schema.ts';

export const MINUTE = 60_000;
export const SECOND = 1_000;

export interface Layers {
  readonly flags: ConfigFlags;
  readonly variables: KnownVariables;
  readonly file: FileSettings;
  /** Folder against which the file's relative paths are read. */
  readonly folder: string;
  /** Ids of those to tell. */
  readonly notifiers: readonly string[];
}

/** What a run is started with: flags over environment over file. */
export function runSettings(layers: Layers): RunSettings {
  const { flags, file, folder, notifiers } = layers;
  const parallel = flags.parallel ?? file.phases.implement.parallel;
  return {
    ...conduct(layers),
    ...patience(file),
    parallel,
    phases: phases(file, parallel),
    backend: backend(file),
    sandbox: {
      driver: file.sandbox.driver,
      read: file.sandbox.read.map((path) => absolute(path, folder)),
    },
    environment: environment(file),
    deploy: deploy(file),
    attributionHeaders: file.gateway.attribution_headers,
    ...(notifiers.length === 0 ? {} : { notifiers }),
    label: '',
  };
}

function conduct({ flags, variables, file }: Layers) {
  const interactive = flags.interactive ?? true;
  return {
    model: flags.model ?? variables.AGENT_MODEL ?? file.agent.model,
    // Nobody there to ask means yes to every phase, unless checkpoints were asked for by flag.
    autonomy: flags.autonomy ?? (interactive ? file.autonomy : 'full'),
    interactive,
    maxSessions: flags.maxSessions ?? variables.MAX_SESSIONS ?? file.agent.max_sessions,
    ...flaggedBy(flags),
    budgetUsd: flags.budget ?? file.budget.run_usd ?? null,
    ...furtherCaps(file),
  };
}

function furtherCaps({ budget: { session_usd, day_usd, on_limit } }: FileSettings) {
  return {
    ...(on_limit === 'stop' ? { stopsAtBudget: true } : {}),
    ...(session_usd === undefined ? {} : { sessionUsd: session_usd }),
    ...(day_usd === undefined ? {} : { dayUsd: day_usd }),
  };
}

function patience(file: FileSettings) {
  return {
    sessionTimeoutMs: file.agent.session_timeout_minutes * MINUTE,
    stallTimeoutMs: file.error_recovery.stall_timeout_minutes * MINUTE,
    retryDelayMs: file.error_recovery.retry_delay_seconds * SECOND,
    maxConsecutiveErrors: file.error_recovery.max_consecutive_errors,
    itemMaxAttempts: file.items.max_attempts,
    maxLimitWaitMs: file.limits.max_wait_minutes * MINUTE,
    checkTimeoutMs: file.checks.timeout_minutes * MINUTE,
    flakyRetries: file.checks.retries_for_flaky,
  };
}

function phases(file: FileSettings, parallel: number): RunSettings['phases'] {
  const settings = (name: PhaseName): PhaseSettings => {
    const phase = file.phases[name];
    return {
      enabled: phase.enabled,
      pattern: phase.pattern,
      checkpointPause: phase.checkpoint_pause,
      maxRetries: phase.max_retries,
      timeoutMs: phase.timeout_minutes * MINUTE,
      parallel: name === 'implement' ? parallel : phase.parallel,
    };
  };
  const [ideation, architecture, breakdown, initialize, implement, testing, shipping] = PHASES;
  return {
    ideation: settings(ideation),
    architecture: settings(architecture),
    task_breakdown: settings(breakdown),
    initialize: settings(initialize),
    implement: settings(implement),
    testing: settings(testing),
    deploy: settings(shipping),
  };
}

function backend(file: FileSettings): RunSettings['backend'] {
  const {
    type,
    json_file_path: jsonFile,
    linear_team: team,
    linear_project: project,
  } = file.backend;
  return { type, jsonFile, linearTeam: team ?? null, linearProject: project ?? null };
}

function environment({ environment: { prepare, ...rest } }: FileSettings): EnvironmentSettings {
  return { ...rest, prepare: prepare ?? null };
}

function deploy({ deploy: order }: FileSettings): DeploySettings | null {
  if (order === undefined) return null;
  return {
    target: order.target,
    command: order.command,
    probe: order.probe ?? null,
    rollback: order.rollback ?? null,
    repeatable: order.repeatable,
    timeoutMs: order.timeout_minutes * MINUTE,
  };
}
