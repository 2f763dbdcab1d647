import { COMMAND_PHASES } from '../domain/egress.ts';
import type { McpServerSettings } from './config.ts';
import type { FileSettings } from './schema.ts';
import { MASK, Secret } from './secret.ts';

/** The MCP servers of the file; whatever a header holds is a secret. */
export function mcpServers(file: FileSettings['mcp']): readonly McpServerSettings[] {
  return Object.entries(file).map(([name, { url, tools, headers, phases = COMMAND_PHASES }]) => ({
    name,
    url,
    tools,
    phases,
    headers: Object.fromEntries(
      Object.entries(headers).map(([header, value]) => [header, new Secret(value)]),
    ),
  }));
}

/** The same in the file's form, without what the headers hold. */
export function shownMcp(
  servers: readonly McpServerSettings[],
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return Object.fromEntries(
    servers.map(({ name, url, tools, phases, headers }) => [
      name,
      {
        url,
        tools,
        phases,
        headers: Object.fromEntries(Object.keys(headers).map((header) => [header, MASK])),
      },
    ]),
  );
}
