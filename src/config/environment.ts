import { z } from 'zod';
import { isPrivateWay, isWebUrl } from './web-url.ts';
import { dotEnvNotes } from './dot-env-notes.ts';
import { describeIssue } from './describe-issue.ts';
import type { Place, Problem, Source } from './problem.ts';
import { databaseUrl, filledText, maxSessions, modelName, port } from './schema.ts';
import { lookupIn, readDotEnv, type Variables } from './variables.ts';

const givenUrl = z.string().refine(isWebUrl, {
  error: 'must be an http:// or https:// URL without user or password',
  abort: true,
});
const bare = (url: string): string => url.replace(/\/+$/, '');

const webUrl = givenUrl.transform(bare);

const linearUrl = givenUrl
  .refine(
    isPrivateWay,
    'must be an https:// URL, or one of this machine: LINEAR_API_KEY would be sent for all to read',
  )
  .transform(bare);

const known = z.object({
  ANTHROPIC_API_KEY: filledText.optional(),
  CLAUDE_CODE_OAUTH_TOKEN: filledText.optional(),
  ANTHROPIC_BASE_URL: webUrl.default('https://api.anthropic.com'),
  LINEAR_API_KEY: filledText.optional(),
  LINEAR_WEBHOOK_SECRET: filledText.optional(),
  GITHUB_WEBHOOK_SECRET: filledText.optional(),
  LINEAR_API_URL: linearUrl.default('https://api.linear.app/graphql'),
  LINEAR_MCP_URL: linearUrl.default('https://mcp.linear.app/mcp'),
  DATABASE_URL: databaseUrl.optional(),
  WORKSPACE_PATH: filledText.default('./workspaces'),
  HARNESS_HOME: filledText.optional(),
  HARNESS_TOKEN: filledText.optional(),
  XDG_DATA_HOME: filledText.optional(),
  API_PORT: wholeNumber(port).default(8080),
  AGENT_MODEL: modelName.optional(),
  MAX_SESSIONS: wholeNumber(maxSessions).optional(),
});

export type KnownVariables = z.output<typeof known>;

/** Those of ours whose values nobody may see. */
export const SECRET_VARIABLES = [
  'ANTHROPIC_API_KEY',
  'CLAUDE_CODE_OAUTH_TOKEN',
  'LINEAR_API_KEY',
  'DATABASE_URL',
  'HARNESS_TOKEN',
  'LINEAR_WEBHOOK_SECRET',
  'GITHUB_WEBHOOK_SECRET',
] as const;

/** Environment over `.env`; an empty variable counts as not set, and hides the one in `.env`. */
export interface Environment {
  lookup(name: string): string | undefined;
  /** Values of the secret variables in the environment, and those in `.env` that they hide. */
  readonly secrets: readonly string[];
  readonly known: KnownVariables;
  /** What a person should know of their `.env`. */
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
}

/** Reads `.env` in `cwd`, if there is one. Throws CONFIG_INVALID when it is there but unreadable. */
export function readEnvironment(env: Variables, cwd: string): Environment {
  const text = readDotEnv(cwd);
  const source: Source = { name: '.env', text };
  const lookup = lookupIn(env, text);
  const filled = Object.keys(known.shape).flatMap((name) => {
    const value = lookup(name);
    return value === undefined || value === '' ? [] : [[name, value]];
  });
  const parsed = known.safeParse(Object.fromEntries(filled));
  const notes = dotEnvNotes(text, Object.keys(known.shape));
  const strays = strayCredentials(env, source);
  const both = [lookup, lookupIn({}, text)];
  const secrets = both.flatMap((one) => SECRET_VARIABLES.flatMap((name) => one(name) || []));
  if (parsed.success) return { lookup, secrets, known: parsed.data, problems: strays, notes };
  const problems = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const place = env[name] === undefined ? placeIn(source, name) : null;
    const origin = place === null ? 'environment variable ' : '';
    return { place, what: `${origin}${name} ${describeIssue(issue)}` };
  });
  return { lookup, secrets, known: known.parse({}), problems: [...problems, ...strays], notes };
}

/** Which credentials are sent to the address in a variable. */
const SENT_TO: Readonly<Record<string, readonly string[]>> = {
  ANTHROPIC_BASE_URL: ['ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN'],
  LINEAR_API_URL: ['LINEAR_API_KEY'],
  LINEAR_MCP_URL: ['LINEAR_API_KEY'],
};

/**
 * Addresses in `.env` that would get a credential from outside it. The file may have come with a
 * repository: it may say where its own credentials go, never where the user's go.
 */
function strayCredentials(env: Variables, source: Source): readonly Problem[] {
  const inFile = lookupIn({}, source.text);
  return Object.entries(SENT_TO).flatMap(([address, credentials]) => {
    const url = inFile(address);
    if (url === undefined || url === '' || env[address] !== undefined) return [];
    const stray = credentials.find((name) => (env[name] ?? '') !== '');
    if (stray === undefined) return [];
    const what =
      `${address} would send ${stray} of your environment to an address from .env, ` +
      `which may have come with the repository: set both in the same place`;
    return [{ place: placeIn(source, address), what }];
  });
}

function placeIn(source: Source, name: string): Place {
  const line = new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=`, 'gm');
  const last = [...source.text.matchAll(line)].at(-1);
  return { source, offset: last?.index ?? 0 };
}

function wholeNumber(target: typeof port) {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(target);
}
