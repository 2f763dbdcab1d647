import type { Config } from './config/config.ts';
import type { McpServer } from './gateway/mcp/upstream.ts';
import type { App } from './open-app.ts';

/** The operator's MCP servers with their credentials, for the gateway, which alone uses them. */
export function mcpServersOf({ mcp }: Config): readonly McpServer[] {
  return mcp.map(({ name, url, tools, phases, headers }) => {
    const entries = Object.entries(headers).map(([key, value]) => [key, value.reveal()] as const);
    return { name, url, tools, phases, headers: Object.fromEntries(entries) };
  });
}

/** Everything that must never be read in a text of ours. */
export function knownSecrets({ config, server }: App): readonly string[] {
  const password = URL.canParse(server.url) ? decodeURIComponent(new URL(server.url).password) : '';
  const mcp = mcpServersOf(config).flatMap(({ headers }) => Object.values(headers));
  const paid = config.registries.credentials.map(({ header }) => header.reveal());
  return [
    config.credential?.value.reveal() ?? '',
    config.linear.apiKey?.reveal() ?? '',
    config.apiToken?.reveal() ?? '',
    password,
    ...Object.values(config.boxSecrets).map((secret) => secret.reveal()),
    ...mcp,
    // What follows the scheme is the secret itself.
    ...[...mcp, ...paid].map((header) => header.replace(/^\w+ /u, '')),
  ];
}
