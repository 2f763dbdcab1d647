import { z } from 'zod';
import { GIB, USUAL_LIMITS } from '../domain/box-limits.ts';
import { isAddress, readHostAndPort } from '../domain/egress.ts';
import { NEVER, PLAIN_COMMAND } from '../domain/never-commands.ts';
import { PHASES } from '../domain/phase.ts';
import { NEWS } from '../domain/news.ts';
import { isWebUrl } from './web-url.ts';
import { DEFAULT_MODEL } from './models.ts';

/** Passed on to the agent's command line, so it may not look like a flag. */
export const modelName = z
  .string()
  .max(200)
  .regex(/^[^\s\p{C}-][^\s\p{C}]*$/u, 'must be the name of a model, without spaces');
export const maxSessions = z.int().min(1).max(10_000);
export const parallel = z.int().min(1).max(100);
export const budgetUsd = z.number().gt(0);
export const autonomy = z.enum(['full', 'checkpoint']);
export const port = z.int().min(0).max(65_535);
export const filledText = z.string().min(1);
const projectName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^\P{C}*$/u, 'must not hold control characters');
export const databaseUrl = z
  .string()
  .refine((text) => /^postgres(?:ql)?:\/\/\S+$/.test(text), 'must be a postgres:// URL');
const variableName = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, 'must be letters, digits and underscores, not a digit first');

/** What the seven phases differ in. */
interface PhaseDefaults {
  readonly enabled?: boolean;
  readonly pattern?: 'single' | 'swarm';
  readonly pause?: boolean;
  readonly retries?: number;
  readonly minutes?: number;
}

function phase(defaults: PhaseDefaults) {
  return z
    .strictObject({
      enabled: z.boolean().default(defaults.enabled ?? true),
      pattern: z.enum(['single', 'swarm']).default(defaults.pattern ?? 'single'),
      checkpoint_pause: z.boolean().default(defaults.pause ?? false),
      max_retries: z
        .int()
        .min(0)
        .max(10)
        .default(defaults.retries ?? 3),
      timeout_minutes: z
        .number()
        .min(1)
        .max(1440)
        .default(defaults.minutes ?? 60),
      parallel: parallel.default(3),
    })
    .prefault({});
}

const project = z.strictObject({
  name: projectName.optional(),
  directory: filledText.optional(),
  description: z.string().optional(),
});

const backend = z.strictObject({
  type: z.enum(['postgres', 'json', 'linear']).default('postgres'),
  database_url: databaseUrl.optional(),
  linear_api_key: filledText.optional(),
  linear_team: filledText.max(255).optional(),
  linear_project: filledText.max(80).optional(),
  json_file_path: filledText.default('.work_items.json'),
});

const phases = z.strictObject({
  ideation: phase({ pattern: 'swarm', pause: true }),
  architecture: phase({ pattern: 'swarm', pause: true }),
  task_breakdown: phase({ pause: true }),
  initialize: phase({}),
  implement: phase({ retries: 5, minutes: 240 }),
  testing: phase({ enabled: false }),
  deploy: phase({ enabled: false, pause: true }),
});

const agent = z.strictObject({
  model: modelName.default(DEFAULT_MODEL),
  max_sessions: maxSessions.default(1000),
  session_timeout_minutes: z.number().min(1).max(480).default(120),
});

const errorRecovery = z.strictObject({
  max_consecutive_errors: z.int().min(1).max(10).default(3),
  stall_timeout_minutes: z.number().min(5).max(120).default(30),
  retry_delay_seconds: z.number().min(1).max(60).default(5),
});

const budget = z.strictObject({
  run_usd: budgetUsd.optional(),
  session_usd: budgetUsd.optional(),
  day_usd: budgetUsd.optional(),
  on_limit: z.enum(['park', 'stop']).default('park'),
});

const limits = z.strictObject({
  /** Six hours: the provider's shorter limit resets within five. */
  max_wait_minutes: z.number().min(0).max(10_080).default(360),
});

const phaseName = z.enum(PHASES);

/** A host of `sandbox.egress`: a name, never a pattern; an address only where it is said to be private. */
const egressName = z.string().refine((text) => {
  const read = readHostAndPort(text);
  return read !== undefined && !isAddress(read.host) && !/(?:^|\.)localhost$/u.test(read.host);
}, 'must be a host name, as in "example.org" or "example.org:8443"; an address needs { host, private: true }, and this machine is called operator.internal there');

const egressHost = z.strictObject({
  host: z
    .string()
    .refine(
      (text) => readHostAndPort(text) !== undefined,
      'must be a host, as in "example.org" or "10.0.0.5:8443"',
    ),
  phases: z.array(phaseName).min(1).optional(),
  private: z.boolean().default(false),
});

/** What one box may take, in GiB. */
const size = (most: number): z.ZodNumber => z.number().min(0.1).max(most);

const sandbox = z.strictObject({
  driver: z.enum(['bwrap', 'none']).default('bwrap'),
  memory_gb: z.number().min(1).max(4096).optional(),
  processes: z.int().min(64).max(1_000_000).default(USUAL_LIMITS.processes),
  file_size_gb: size(4096).default(USUAL_LIMITS.fileBytes / GIB),
  tmp_gb: size(1024).default(USUAL_LIMITS.tmpBytes / GIB),
  home_gb: size(1024).default(USUAL_LIMITS.homeBytes / GIB),
  shared_memory_gb: size(1024).default(USUAL_LIMITS.sharedMemoryBytes / GIB),
  open_files: z.int().min(256).max(1_048_576).default(USUAL_LIMITS.openFiles),
  egress: z
    .array(
      z.union([egressName, egressHost], {
        error: 'must be a host name, or { host, phases, private }',
      }),
    )
    .default([]),
  read: z.array(filledText).default([]),
});

/** Becomes a part of a path and of tools' names, in which two underscores divide. */
const serverName = z
  .string()
  .max(32)
  .regex(
    /^(?!tracker$)[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$/,
    'must be lower-case letters and digits, with single dashes or underscores between, and not tracker',
  );
const toolName = z
  .string()
  .max(128)
  .regex(/^[\w.-]+$/, 'must be the exact name of a tool, without patterns');
const headerName = z
  .string()
  .regex(/^[\w-]+$/, 'must be the name of a header: letters, digits and dashes');
const headerValue = z.string().regex(/^[\x20-\x7e]+$/, 'must be printable ASCII, and not empty');

/** Nothing but one version: what is agreed to must be what is started. */
const exactPackage = z
  .string()
  .max(250)
  .regex(
    /^(?:@[a-z0-9~][\w.~-]*\/)?[a-z0-9~][\w.~-]*@\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/,
    'must be a package with its exact version, as in "name@1.2.3": no range, tag or address',
  );
const plainText = z.string().regex(/^[^\0]*$/, 'must not hold a zero byte');

const mcpServer = z
  .strictObject({
    url: z
      .string()
      .refine(isWebUrl, 'must be an http:// or https:// URL without user or password')
      .optional(),
    headers: z.record(headerName, headerValue).default({}),
    package: exactPackage.optional(),
    args: z.array(plainText).default([]),
    env: z.record(variableName, plainText).default({}),
    /** Names out of `environment.secrets`. */
    secrets: z.array(variableName).default([]),
    tools: z.array(toolName).min(1),
    phases: z.array(phaseName).min(1).optional(),
  })
  .refine(
    (server) => (server.url === undefined) !== (server.package === undefined),
    'needs either url, for a server elsewhere, or package, for one that runs in the box',
  )
  .refine(
    ({ url, args, env, secrets }) =>
      url === undefined || (args.length + secrets.length === 0 && isEmpty(env)),
    'takes args, env and secrets only with package',
  )
  .refine(
    (server) => server.package === undefined || isEmpty(server.headers),
    'takes headers only with url',
  );

function isEmpty(record: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(record).length === 0;
}

const checks = z.strictObject({
  timeout_minutes: z.number().gt(0).max(240).default(15),
  retries_for_flaky: z.int().min(0).max(5).default(1),
});

const commandName = filledText
  .regex(PLAIN_COMMAND, 'must be the plain name of a command')
  .refine((name) => !Object.hasOwn(NEVER, name), 'is a command that can never be added');

const security = z.strictObject({
  profile: z.enum(['standard', 'seed']).default('standard'),
  extra_commands: z
    .array(
      z.strictObject({
        name: commandName,
        subcommands: z.array(filledText).optional(),
        flags: z.array(filledText).optional(),
      }),
    )
    .default([]),
  protected_paths: z.array(filledText).default([]),
});

const environment = z.strictObject({
  prepare: z
    .strictObject({ command: filledText, inputs: z.array(filledText).default([]) })
    .optional(),
  services: z
    .array(z.strictObject({ name: filledText, command: filledText, probe: filledText }))
    .default([]),
  env: z.record(variableName, z.string()).default({}),
  secrets: z.array(variableName).default([]),
});

const deploy = z.strictObject({
  target: z.enum(['command']).default('command'),
  command: filledText,
  probe: filledText.optional(),
  rollback: filledText.optional(),
  repeatable: z.boolean().default(false),
  timeout_minutes: z.number().gt(0).max(1440).default(15),
});

/** Those whose price is known: an unknown one can't be held under a budget. */
const providerTool = z
  .string()
  .regex(
    /^web_(?:search|fetch)_\d{8}$/,
    'must be the exact type of a tool that the provider runs, as in "web_search_20250305" or "web_fetch_20250910"',
  );

const gateway = z.strictObject({
  attribution_headers: z.boolean().default(false),
  provider_tools: z.array(providerTool).default([]),
});

const notifier = z
  .strictObject({
    type: z.enum(['webhook', 'slack', 'ntfy', 'command']),
    url: z
      .string()
      .refine(isWebUrl, 'must be an http:// or https:// URL without user or password')
      .optional(),
    /** Signs what is sent. */
    secret: z.string().min(16).optional(),
    on: z
      .array(z.enum(NEWS))
      .min(1)
      .default([...NEWS]),
  })
  .refine(
    ({ type, url }) => (type === 'command') === (url === undefined),
    'needs a url, unless its type is command: HARNESS_NOTIFY_COMMAND names that one',
  )
  .refine(
    ({ type, secret }) => type === 'webhook' || secret === undefined,
    'takes a secret only with the type webhook',
  );

/** `orchestrator.yaml`: every key, its default and its bounds. Unknown keys are errors. */
export const fileSchema = z.strictObject({
  project: project.prefault({}),
  database_url: databaseUrl.optional(),
  backend: backend.prefault({}),
  autonomy: autonomy.default('checkpoint'),
  phases: phases.prefault({}),
  agent: agent.prefault({}),
  error_recovery: errorRecovery.prefault({}),
  budget: budget.prefault({}),
  limits: limits.prefault({}),
  sandbox: sandbox.prefault({}),
  mcp: z.record(serverName, mcpServer).default({}),
  checks: checks.prefault({}),
  security: security.prefault({}),
  environment: environment.prefault({}),
  items: z.strictObject({ max_attempts: z.int().min(1).max(20).default(3) }).prefault({}),
  deploy: deploy.optional(),
  notify: z.array(notifier).default([]),
  gateway: gateway.prefault({}),
  browser: z
    .strictObject({
      enabled: z.boolean().default(true),
      server: z.enum(['playwright', 'puppeteer']).default('playwright'),
    })
    .optional(),
});

/** The file with its defaults filled in, in the file's own units. */
export type FileSettings = z.output<typeof fileSchema>;
