import { z } from 'zod';

/** The CLI's account of what it has set up. */
export const initSchema = z.looseObject({
  type: z.literal('system'),
  subtype: z.literal('init'),
  session_id: z.string(),
  claude_code_version: z.string(),
  cwd: z.string(),
  model: z.string(),
  permissionMode: z.string(),
  tools: z.array(z.string()),
  mcp_servers: z.array(z.looseObject({ name: z.string(), status: z.string() })),
});

/** What was ordered, to be compared with what came to be. */
export interface Expectation {
  readonly sessionId: string;
  readonly version: string;
  readonly workspace: string;
  readonly model: string;
  readonly tools: readonly string[];
  readonly servers: readonly string[];
}

/**
 * How the session differs from the order; null: not at all. A failed server or an unknown option
 * does not stop the CLI by itself, so a session that is not exactly as ordered is ended here.
 */
export function faultOfInit(
  expected: Expectation,
  init: z.infer<typeof initSchema>,
): string | null {
  const connected = init.mcp_servers
    .filter((server) => server.status === 'connected')
    .map((server) => server.name);
  const faults = [
    differs('session', [expected.sessionId], [init.session_id]),
    differs('version', [expected.version], [init.claude_code_version]),
    differs('folder', [expected.workspace], [init.cwd]),
    differs('model', [expected.model], [init.model]),
    differs('permission mode', ['bypassPermissions'], [init.permissionMode]),
    differs('tools', expected.tools, init.tools),
    differs('connected servers', expected.servers, connected),
    differs(
      'servers',
      expected.servers,
      init.mcp_servers.map((server) => server.name),
    ),
  ].filter((fault) => fault !== null);
  return faults.length === 0 ? null : `The session is not as ordered: ${faults.join('; ')}`;
}

function differs(what: string, wanted: readonly string[], found: readonly string[]): string | null {
  return show(wanted) === show(found) ? null : `${what}: ${show(found)} instead of ${show(wanted)}`;
}

function show(names: readonly string[]): string {
  return names.toSorted().join(', ') || 'none';
}
