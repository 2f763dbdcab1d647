import { COMMAND_PHASES } from '../domain/egress.ts';
import type { McpServerSettings, ToolPackageSettings } from './config.ts';
import type { FileSettings } from './schema.ts';
import { MASK, Secret } from './secret.ts';

type Listed = FileSettings['mcp'];

/** The MCP servers elsewhere; whatever a header holds is a secret. */
export function mcpServers(file: Listed): readonly McpServerSettings[] {
  return Object.entries(file).flatMap(([name, { url, tools, headers, phases = COMMAND_PHASES }]) =>
    url === undefined
      ? []
      : [
          {
            name,
            url,
            tools,
            phases,
            headers: Object.fromEntries(
              Object.entries(headers).map(([header, value]) => [header, new Secret(value)]),
            ),
          },
        ],
  );
}

/** The MCP servers that run in the box. */
export function toolPackages(file: Listed): readonly ToolPackageSettings[] {
  return Object.entries(file).flatMap(
    ([name, { package: spec, args, env, secrets, tools, phases = COMMAND_PHASES }]) =>
      spec === undefined ? [] : [{ name, package: spec, args, env, secrets, tools, phases }],
  );
}

/** Both in the file's form, without what headers hold. */
export function shownMcp(
  servers: readonly McpServerSettings[],
  packages: readonly ToolPackageSettings[],
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const remote = servers.map(({ name, url, tools, phases, headers }) => {
    const masked = Object.keys(headers).map((header) => [header, MASK]);
    return [name, { url, tools, phases, headers: Object.fromEntries(masked) }];
  });
  const inside = packages.map(({ name, ...rest }) => [name, rest]);
  return Object.fromEntries([...remote, ...inside]);
}
