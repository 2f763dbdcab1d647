import type { PhaseSettings } from '../domain/phase.ts';
import type { DeploySettings, EnvironmentSettings } from '../domain/run.ts';
import type { Config } from './config.ts';
import { egressEntries } from './egress.ts';
import { shownMcp } from './mcp.ts';
import { shownLimits } from './box-limits.ts';
import { MINUTE, SECOND } from './run-settings.ts';
import { MASK } from './secret.ts';

type Shown = Readonly<Record<string, unknown>>;

/**
 * The configuration in effect as plain data: the file's own keys and units, then what comes from
 * variables and flags. Secrets are `***`, or null when absent.
 */
export function showConfig(config: Config): {
  readonly file: Shown;
  readonly effective: Shown;
} {
  return {
    file: withoutAbsent({ ...about(config), ...execution(config), ...guards(config) }),
    effective: {
      config_file: config.file,
      project_directory: config.projectDirectory,
      workspace_path: config.workspacePath,
      home: config.home,
      database: config.databaseUrl === null ? 'embedded' : MASK,
      credential: config.credential === null ? null : { kind: config.credential.kind, value: MASK },
      upstream_url: config.upstreamUrl,
      api_port: config.apiPort,
      api_token: config.apiToken === null ? null : MASK,
      linear: shownLinear(config),
      registries: shownRegistries(config),
      egress: config.egress,
      interactive: config.settings.interactive,
    },
  };
}

/** Which URLs go with a credential, and not what it is. */
function shownRegistries({ registries }: Config): Shown {
  const { credentials, secrets: _, ...rest } = registries;
  return { ...rest, credentials: credentials.map(({ start }) => ({ start, header: MASK })) };
}

function shownLinear({ linear }: Config): Shown {
  return {
    api_key: linear.apiKey === null ? null : MASK,
    api_url: linear.apiUrl,
    mcp_url: linear.mcpUrl,
  };
}

function about({ settings, ...config }: Config): Shown {
  return {
    project: {
      name: config.projectName ?? undefined,
      directory: config.projectDirectory ?? undefined,
      description: config.projectDescription ?? undefined,
    },
    backend: shownBackend(settings.backend),
    autonomy: settings.autonomy,
    phases: Object.fromEntries(
      Object.entries(settings.phases).map(([name, phase]) => [name, shownPhase(phase)]),
    ),
  };
}

function shownBackend(backend: Config['settings']['backend']): Shown {
  return {
    type: backend.type,
    json_file_path: backend.jsonFile,
    linear_team: backend.linearTeam ?? undefined,
    linear_project: backend.linearProject ?? undefined,
  };
}

function shownPhase(phase: PhaseSettings): Shown {
  return {
    enabled: phase.enabled,
    pattern: phase.pattern,
    checkpoint_pause: phase.checkpointPause,
    max_retries: phase.maxRetries,
    timeout_minutes: phase.timeoutMs / MINUTE,
    parallel: phase.parallel,
  };
}

function execution({ settings }: Config): Shown {
  return {
    agent: {
      model: settings.model,
      max_sessions: settings.maxSessions,
      session_timeout_minutes: settings.sessionTimeoutMs / MINUTE,
    },
    error_recovery: {
      max_consecutive_errors: settings.maxConsecutiveErrors,
      stall_timeout_minutes: settings.stallTimeoutMs / MINUTE,
      retry_delay_seconds: settings.retryDelayMs / SECOND,
    },
    budget: {
      run_usd: settings.budgetUsd ?? undefined,
      session_usd: settings.sessionUsd,
      day_usd: settings.dayUsd,
      on_limit: settings.stopsAtBudget === true ? 'stop' : undefined,
    },
    limits: { max_wait_minutes: settings.maxLimitWaitMs / MINUTE },
    items: { max_attempts: settings.itemMaxAttempts },
    checks: {
      timeout_minutes: settings.checkTimeoutMs / MINUTE,
      retries_for_flaky: settings.flakyRetries,
    },
  };
}

function guards({ settings, security, browser, notify, ...config }: Config): Shown {
  return {
    sandbox: {
      driver: settings.sandbox.driver,
      egress: egressEntries(config.egress, config.registries),
      read: settings.sandbox.read,
      ...shownLimits(config.boxLimits),
    },
    mcp: shownMcp(config.mcp, config.toolPackages),
    security: {
      profile: security.profile,
      extra_commands: security.extraCommands,
      protected_paths: security.protectedPaths,
    },
    environment: shownEnvironment(settings.environment),
    deploy: settings.deploy === null ? undefined : shownDeploy(settings.deploy),
    gateway: {
      attribution_headers: settings.attributionHeaders,
      provider_tools: config.providerTools,
    },
    browser:
      browser.use === 'unsaid'
        ? undefined
        : { enabled: browser.use === 'yes', server: browser.server },
    notify: notify.map(shownTarget),
  };
}

function shownTarget(target: Config['notify'][number]): Shown {
  const { type, on } = target;
  if (target.type === 'command') return { type, on };
  return { type, url: MASK, secret: target.secret === null ? undefined : MASK, on };
}

function shownEnvironment({ prepare, ...rest }: EnvironmentSettings): Shown {
  return { ...rest, prepare: prepare ?? undefined };
}

function shownDeploy({ timeoutMs, probe, rollback, ...rest }: DeploySettings): Shown {
  return {
    ...rest,
    probe: probe ?? undefined,
    rollback: rollback ?? undefined,
    timeout_minutes: timeoutMs / MINUTE,
  };
}

/** What has no value is not shown: the file has no way to write "nothing". */
function withoutAbsent(value: Shown): Shown {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      if (inner === undefined) return [];
      return [[key, isSection(inner) ? withoutAbsent(inner) : inner]];
    }),
  );
}

function isSection(value: unknown): value is Shown {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
