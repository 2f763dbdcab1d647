import type { Problem } from './problem.ts';
import type { FileSettings } from './schema.ts';
import type { YamlData } from './yaml-source.ts';

/** What is wrong between the MCP servers that run in the box and the rest of the file. */
export function faultsOfTools(file: FileSettings, yaml: YamlData): readonly Problem[] {
  const whole = { file, yaml };
  return Object.entries(file.mcp).flatMap(([name, server]) =>
    [
      filledIn(name, server, yaml),
      unlisted(name, server.secrets, whole),
      takenName(name, whole),
    ].flat(),
  );
}

/** A variable may hold a secret, and what is written here enters the box and is shown. */
function filledIn(
  name: string,
  { args, env }: Pick<FileSettings['mcp'][string], 'args' | 'env'>,
  yaml: YamlData,
): readonly Problem[] {
  const paths = [
    ...Object.keys(env).map((key) => ['mcp', name, 'env', key]),
    ...args.map((_, index) => ['mcp', name, 'args', index]),
  ];
  return paths
    .filter((path) => yaml.substituted(path))
    .map((path) => ({
      place: yaml.placeOf(path),
      what: `${path.join('.')} is filled in from a variable, which may be a secret: write the value out, or name the variable under environment.secrets and mcp.${name}.secrets`,
    }));
}

interface Whole {
  readonly file: FileSettings;
  readonly yaml: YamlData;
}

function unlisted(
  name: string,
  secrets: readonly string[],
  { file, yaml }: Whole,
): readonly Problem[] {
  return secrets.flatMap((secret, index) =>
    file.environment.secrets.includes(secret)
      ? []
      : [
          {
            place: yaml.placeOf(['mcp', name, 'secrets', index]),
            what: `mcp.${name}.secrets names ${secret}, which environment.secrets does not let into the box`,
          },
        ],
  );
}

/** The browser is a server of its own name. */
function takenName(name: string, { file, yaml }: Whole): readonly Problem[] {
  if (file.browser?.enabled !== true || file.browser.server !== name) return [];
  const what = `mcp.${name} has the name of browser.server: call it otherwise, or leave out the section browser`;
  return [{ place: yaml.placeOfKey(['mcp', name]), what }];
}
