import type { BoxLimitSettings } from '../domain/box-limits.ts';
import type { EgressHost } from '../domain/egress.ts';
import type { News } from '../domain/news.ts';
import type { PhaseName } from '../domain/phase.ts';
import type { Registries } from '../domain/registries.ts';
import type { RunSettings } from '../domain/run.ts';
import type { Secret } from './secret.ts';

/** What the command line said; an absent flag leaves the choice to environment, file or default. */
export interface ConfigFlags {
  readonly projectDir?: string;
  readonly model?: string;
  readonly maxSessions?: number;
  readonly parallel?: number;
  /** US dollars for the whole run. */
  readonly budget?: number;
  readonly autonomy?: 'full' | 'checkpoint';
  /** False: nobody is there to ask, so every phase is approved unless `autonomy` says otherwise. */
  readonly interactive?: boolean;
  /** Port of the API server; 0 takes any free one. */
  readonly port?: number;
}

/** Everything that was configured, once and frozen. Times in milliseconds, paths absolute. */
export interface Config {
  /** The file that was read; null: none, defaults and environment only. */
  readonly file: string | null;
  /** What a person should know of their `.env`. */
  readonly notes: readonly string[];
  readonly projectName: string | null;
  readonly projectDescription: string | null;
  /** The project itself; null: a folder in the workspace, see `projectDirectoryFor`. */
  readonly projectDirectory: string | null;
  /** Where new projects are made. */
  readonly workspacePath: string;
  /** State, hubs, clones and logs live here, where no agent can write. */
  readonly home: string;
  /** Null: the embedded Postgres. */
  readonly databaseUrl: Secret | null;
  readonly credential: Credential | null;
  /** Every secret that variables, `.env` and the file name, also one that another wins over. */
  readonly secrets: readonly Secret[];
  /** Where the gateway sends model calls; no trailing slash. */
  readonly upstreamUrl: string;
  readonly apiPort: number;
  /** Bearer token of the API; null: one is made. */
  readonly apiToken: Secret | null;
  /** Secrets by which senders of webhooks sign them; null: none are taken. */
  readonly webhooks: { readonly linear: Secret | null; readonly github: Secret | null };
  readonly linear: LinearAccess;
  /** Where environments get their packages from. */
  readonly registries: PaidRegistries;
  /** What sessions may reach: the hosts of package managers, and those of `sandbox.egress`. */
  readonly egress: readonly EgressHost[];
  /** What each box may take of this machine. */
  readonly boxLimits: BoxLimitSettings;
  /** The operator's MCP servers elsewhere; their headers hold credentials. */
  readonly mcp: readonly McpServerSettings[];
  /** The operator's MCP servers that run in the box. */
  readonly toolPackages: readonly ToolPackageSettings[];
  readonly security: SecuritySettings;
  readonly browser: BrowserSettings;
  /** Exact types of tools that may run at the provider. */
  readonly providerTools: readonly string[];
  readonly notify: readonly NotifyTarget[];
  /** Values of `environment.secrets`, which enter the box by the operator's choice. */
  readonly boxSecrets: Readonly<Record<string, Secret>>;
  /** What `AGENT_MODEL` and `MAX_SESSIONS` say, for a run that is gone on with. */
  readonly fromEnvironment: Partial<Pick<RunSettings, 'model' | 'maxSessions'>>;
  /** What a run is started with, and stored with it: holds no secret. */
  readonly settings: RunSettings;
}

/** What model calls are paid with; an API key wins over an OAuth token. */
export interface Credential {
  readonly kind: 'api_key' | 'oauth';
  readonly value: Secret;
}

/** Registries with what they want to be paid with. */
export interface PaidRegistries extends Registries {
  /** pip's `extra-index-url`, without what they hold of a user: never asked. */
  readonly extraIndexes: readonly string[];
  readonly credentials: readonly RegistryCredential[];
  /** Everything secret in the files of npm and pip, also what is used for nothing. */
  readonly secrets: readonly Secret[];
}

interface RegistryCredential {
  /** Start of the URLs it is for, without the scheme: `//host/path/`. */
  readonly start: string;
  /** Value of the `authorization` header. */
  readonly header: Secret;
}

export interface McpServerSettings {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, Secret>>;
  /** Exactly those that sessions may see and call. */
  readonly tools: readonly string[];
  readonly phases: readonly PhaseName[];
}

/** An MCP server that is installed from a registry and runs in the box of its session. */
export interface ToolPackageSettings {
  readonly name: string;
  /** `name@1.2.3`. */
  readonly package: string;
  readonly args: readonly string[];
  /** Its variables; nothing secret is among them. */
  readonly env: Readonly<Record<string, string>>;
  /** Names out of `environment.secrets` that it gets, too. */
  readonly secrets: readonly string[];
  /** Exactly those that sessions may see and call. */
  readonly tools: readonly string[];
  readonly phases: readonly PhaseName[];
}

export interface BrowserSettings {
  /** Whether sessions get one; `unsaid`: the file has no such section. */
  readonly use: 'yes' | 'no' | 'unsaid';
  readonly server: 'playwright' | 'puppeteer';
  /** Program of the browser that the user named by a variable; null: it is looked up. */
  readonly program: string | null;
}

interface LinearAccess {
  readonly apiKey: Secret | null;
  readonly apiUrl: string;
  readonly mcpUrl: string;
}

interface SecuritySettings {
  readonly profile: 'standard' | 'seed';
  readonly extraCommands: readonly ExtraCommand[];
  /** Globs, relative to the project: a change there never merges without an approval. */
  readonly protectedPaths: readonly string[];
}

/** A command the operator adds to the bash policy. */
interface ExtraCommand {
  readonly name: string;
  readonly subcommands?: readonly string[] | undefined;
  readonly flags?: readonly string[] | undefined;
}

type NotifyTarget = {
  /** Always the same for the same way; nothing can be read from it. */
  readonly id: string;
  readonly on: readonly News[];
} & (
  | {
      readonly type: 'webhook' | 'slack' | 'ntfy';
      /** Whoever knows it may write there, so its path is a secret too. */
      readonly url: Secret;
      /** Signs what a webhook is sent. */
      readonly secret: Secret | null;
    }
  /** Out of the operator's environment: a file may have come with a repository. */
  | { readonly type: 'command'; readonly command: string }
);
