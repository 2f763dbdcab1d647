import { dirname, resolve } from 'node:path';
import { boxLimits } from './box-limits.ts';
import type { Config, ConfigFlags, Credential } from './config.ts';
import { egressHosts } from './egress.ts';
import { readEnvironment, SECRET_VARIABLES } from './environment.ts';
import type { Environment, KnownVariables } from './environment.ts';
import { flagProblems } from './flags.ts';
import { freezeDeep } from './freeze-deep.ts';
import { browserSettings } from './browser.ts';
import { mcpServers, toolPackages } from './mcp.ts';
import { invalidConfig } from './problem.ts';
import { readFile } from './read-file.ts';
import { readRegistries } from './registries.ts';
import { absolute, dataFolder } from './home.ts';
import { runSettings } from './run-settings.ts';
import type { FileSettings } from './schema.ts';
import { commandProblems, notifyTargets } from './notify.ts';
import { Secret } from './secret.ts';
import type { Variables } from './variables.ts';

export interface ConfigOrder {
  /** The YAML file; null when none was named and the default one is absent. */
  readonly file: string | null;
  readonly env: Variables;
  readonly flags: ConfigFlags;
  /** Absolute: `.env` is looked for here, and relative paths of flags and variables start here. */
  readonly cwd: string;
}

/**
 * Flags over environment over `.env` over file over defaults. Relative paths in the file start at
 * the file. Throws CONFIG_INVALID (exit 2) with everything that is wrong, each with its place.
 */
export function loadConfig(order: ConfigOrder): Config {
  const environment = readEnvironment(order.env, order.cwd);
  const credentials = credentialsOf(environment);
  const file = order.file === null ? null : resolve(order.cwd, order.file);
  const reading = readFile({
    file,
    cwd: order.cwd,
    lookup: (name) => environment.lookup(name),
    guarded: { credentials, linearMcpUrl: environment.known.LINEAR_MCP_URL },
  });
  const problems = [
    ...flagProblems(order.flags),
    ...environment.problems,
    ...reading.problems,
    ...commandProblems(reading.settings, order.env),
  ];
  if (problems.length > 0 || reading.settings === undefined)
    throw invalidConfig(problems, [...credentials.values(), ...reading.secrets]);
  // Not from `.env`: that file may come with a repository.
  const registries = readRegistries((name) => order.env[name]);
  const notify = notifyTargets(reading.settings, order.env);
  return freezeDeep({
    ...places(order, reading.settings, environment),
    ...access(reading.settings, environment.known),
    secrets: secretsOf(reading.settings, environment),
    ...extras(reading.settings),
    notify,
    registries,
    mcp: mcpServers(reading.settings.mcp),
    providerTools: reading.settings.gateway.provider_tools,
    toolPackages: toolPackages(reading.settings.mcp),
    browser: browserSettings(reading.settings.browser, order.env),
    egress: egressHosts(reading.settings.sandbox.egress, registries),
    boxLimits: boxLimits(reading.settings.sandbox),
    file,
    notes: environment.notes,
    apiPort: order.flags.port ?? environment.known.API_PORT,
    boxSecrets: boxSecrets(reading.settings.environment.secrets, environment),
    fromEnvironment: fromEnvironment(environment.known),
    settings: runSettings({
      flags: order.flags,
      variables: environment.known,
      file: reading.settings,
      folder: file === null ? order.cwd : dirname(file),
      notifiers: notify.map(({ id }) => id),
    }),
  });
}

function fromEnvironment(variables: KnownVariables): Config['fromEnvironment'] {
  const { AGENT_MODEL: model, MAX_SESSIONS: maxSessions } = variables;
  return {
    ...(model === undefined ? {} : { model }),
    ...(maxSessions === undefined ? {} : { maxSessions }),
  };
}

function credentialsOf(environment: Environment): ReadonlyMap<string, string> {
  return new Map(
    SECRET_VARIABLES.flatMap((name) => {
      const value = environment.lookup(name);
      return value === undefined || value === '' ? [] : [[name, value] as const];
    }),
  );
}

function secretsOf(
  { database_url: url, backend, notify }: FileSettings,
  { secrets }: Environment,
): readonly Secret[] {
  const targets = notify.flatMap(({ url: address, secret: key }) => [address, key]);
  const inFile = [url, backend.database_url, backend.linear_api_key, ...targets];
  return [...secrets, ...inFile].flatMap((text) => (text === undefined ? [] : new Secret(text)));
}

/** Values of the variables that the file lets into the box. */
function boxSecrets(
  names: readonly string[],
  environment: Environment,
): Readonly<Record<string, Secret>> {
  return Object.fromEntries(
    names.map((name) => [name, new Secret(environment.lookup(name) ?? '')] as const),
  );
}

function places(
  { flags, cwd, file }: ConfigOrder,
  settings: FileSettings,
  environment: Environment,
): Pick<Config, 'projectDirectory' | 'workspacePath' | 'home'> {
  const folder = file === null ? cwd : dirname(resolve(cwd, file));
  const { directory } = settings.project;
  const named = directory === undefined ? null : absolute(directory, folder);
  return {
    projectDirectory: flags.projectDir === undefined ? named : absolute(flags.projectDir, cwd),
    workspacePath: absolute(environment.known.WORKSPACE_PATH, cwd),
    home: dataFolder((name) => environment.lookup(name), cwd),
  };
}

function access(
  file: FileSettings,
  variables: KnownVariables,
): Pick<Config, 'databaseUrl' | 'credential' | 'upstreamUrl' | 'apiToken' | 'webhooks' | 'linear'> {
  return {
    databaseUrl: secret(variables.DATABASE_URL ?? file.database_url ?? file.backend.database_url),
    credential: credential(variables),
    upstreamUrl: variables.ANTHROPIC_BASE_URL,
    apiToken: secret(variables.HARNESS_TOKEN),
    webhooks: {
      linear: secret(variables.LINEAR_WEBHOOK_SECRET),
      github: secret(variables.GITHUB_WEBHOOK_SECRET),
    },
    linear: {
      apiKey: secret(variables.LINEAR_API_KEY ?? file.backend.linear_api_key),
      apiUrl: variables.LINEAR_API_URL,
      mcpUrl: variables.LINEAR_MCP_URL,
    },
  };
}

function credential(variables: KnownVariables): Credential | null {
  const { ANTHROPIC_API_KEY: key, CLAUDE_CODE_OAUTH_TOKEN: token } = variables;
  if (key !== undefined) return { kind: 'api_key', value: new Secret(key) };
  return token === undefined ? null : { kind: 'oauth', value: new Secret(token) };
}

function secret(text: string | undefined): Secret | null {
  return text === undefined ? null : new Secret(text);
}

function extras(
  file: FileSettings,
): Pick<Config, 'projectName' | 'projectDescription' | 'security'> {
  return {
    projectName: file.project.name ?? null,
    projectDescription: file.project.description ?? null,
    security: {
      profile: file.security.profile,
      extraCommands: file.security.extra_commands,
      protectedPaths: file.security.protected_paths,
    },
  };
}
