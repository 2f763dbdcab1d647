import type { Config } from './config/config.ts';
import type { McpServer } from './gateway/mcp/upstream.ts';
import type { App } from './open-app.ts';
import { credentialsIn, passwordIn, secretsInHook } from './safety/credentials-in.ts';

/** The operator's MCP servers with their credentials, for the gateway, which alone uses them. */
export function mcpServersOf({ mcp }: Config): readonly McpServer[] {
  return mcp.map(({ name, url, tools, phases, headers }) => {
    const entries = Object.entries(headers).map(([key, value]) => [key, value.reveal()] as const);
    return { name, url, tools, phases, headers: Object.fromEntries(entries) };
  });
}

interface KnownTo {
  readonly config: Config;
  readonly server: Pick<App['server'], 'url'>;
}

/**
 * Everything that must never be read in a text of ours: each secret as it was given, also one that
 * nothing uses, and each password inside it.
 */
export function knownSecrets({ config, server }: KnownTo): readonly string[] {
  const { credentials, secrets } = config.registries;
  const own = [...config.secrets, ...Object.values(config.boxSecrets)];
  const paid = [
    ...config.mcp.flatMap(({ headers }) => Object.values(headers)),
    ...credentials.map(({ header }) => header),
    ...secrets,
  ];
  const texts = own.map((secret) => secret.reveal());
  return [
    ...texts,
    ...[server.url, ...texts].flatMap(passwordIn),
    ...paid.flatMap((header) => credentialsIn(header.reveal())),
    ...config.notify.flatMap((target) =>
      target.type === 'command' ? [] : secretsInHook(target.url.reveal()),
    ),
  ];
}
