import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { z } from 'zod';
import { isSection, knownKeys } from './config-schema.ts';
import { describeIssue } from './describe-issue.ts';
import { hooksIn, leaks, type Guarded } from './leaks.ts';
import { nearest } from './nearest.ts';
import { invalidConfig } from './problem.ts';
import type { Problem } from './problem.ts';
import { readText } from './read-text.ts';
import { faultsOfTools } from './tool-faults.ts';
import { fileSchema } from './schema.ts';
import type { FileSettings } from './schema.ts';
import type { Lookup } from './substitute.ts';
import { readYaml } from './yaml-source.ts';
import type { Path, YamlData } from './yaml-source.ts';

/** The name looked for where no `--config` says otherwise. */
const DEFAULT_FILE = 'orchestrator.yaml';

/** The file to read: the one named, else `orchestrator.yaml` in `cwd` if there is one, else none. */
export function findConfigFile(cwd: string, named: string | undefined): string | null {
  if (named !== undefined) return named;
  const usual = join(cwd, DEFAULT_FILE);
  return existsSync(usual) ? usual : null;
}

export interface FileOrder {
  /** Absolute; null: only defaults. */
  readonly file: string | null;
  readonly cwd: string;
  readonly lookup: Lookup;
  /** What may not end up in a stored setting, or with whom the file names. */
  readonly guarded: Omit<Guarded, 'boxSecrets'>;
}

export interface FileReading {
  /** Undefined when the file holds problems. */
  readonly settings: FileSettings | undefined;
  readonly problems: readonly Problem[];
  /** Texts of the file that no message may show, also where the file is refused. */
  readonly secrets: readonly string[];
}

/** Reads, fills in variables and checks; finds all problems at once, in the file's order. */
export function readFile(order: FileOrder): FileReading {
  if (order.file === null) return { settings: fileSchema.parse({}), problems: [], secrets: [] };
  const name = shownName(order.file, order.cwd);
  const text = readText(order.file, name);
  if (text === undefined) throw invalidConfig([{ place: null, what: `${name}: no such file` }]);
  const yaml = readYaml({ source: { name, text }, lookup: order.lookup, isSection });
  const parsed = fileSchema.safeParse(yaml.data);
  const problems = [
    ...yaml.problems,
    ...(parsed.success ? faultsOf(parsed.data, yaml, order.lookup) : issuesOf(parsed.error, yaml)),
    ...leaks(yaml, { ...order.guarded, boxSecrets: boxSecretsOf(parsed.data, order.lookup) }),
  ].toSorted((a, b) => (a.place?.offset ?? 0) - (b.place?.offset ?? 0));
  return { settings: parsed.data, problems, secrets: hooksIn(yaml) };
}

/** None where the file is refused anyway. */
function boxSecretsOf(file: FileSettings | undefined, lookup: Lookup): ReadonlyMap<string, string> {
  const names = file?.environment.secrets ?? [];
  return new Map(names.map((name) => [name, lookup(name) ?? ''] as const));
}

function shownName(file: string, cwd: string): string {
  const fromHere = relative(cwd, file);
  return fromHere.startsWith('..') ? file : fromHere;
}

function issuesOf(error: z.ZodError, yaml: YamlData): Problem[] {
  return error.issues
    .filter((issue) => !yaml.failed(issue.path))
    .flatMap((issue) => {
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => unknownKey(issue.path, key, yaml));
      const missing = issue.code === 'invalid_type' && valueAt(yaml.data, issue.path) === undefined;
      const what = missing ? 'is missing' : describeIssue(issue) + origin(issue.path, yaml);
      const place =
        issue.code === 'invalid_key' ? yaml.placeOfKey(issue.path) : yaml.placeOf(issue.path);
      return [{ place, what: `${dotted(issue.path)} ${what}` }];
    });
}

function unknownKey(path: Path, key: string, yaml: YamlData): Problem {
  const known = knownKeys(path);
  const meant = nearest(key, known);
  const hint = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`;
  const where = path.length === 0 ? '' : ` in ${dotted(path)}`;
  return { place: yaml.placeOfKey([...path, key]), what: `unknown key ${key}${where}; ${hint}` };
}

/** Why the value may differ from what the line shows. */
function origin(path: Path, yaml: YamlData): string {
  if (!yaml.substituted(path)) return '';
  return typeof valueAt(yaml.data, path) === 'string'
    ? ', with its variables filled in'
    : ', with its variables filled in (quote it to keep it text)';
}

function faultsOf(file: FileSettings, yaml: YamlData, lookup: Lookup): Problem[] {
  const path = ['phases', 'deploy', 'enabled'];
  const aimless = file.phases.deploy.enabled && file.deploy === undefined;
  const what = 'phases.deploy.enabled needs a section deploy that says what to run';
  return [
    ...(aimless ? [{ place: yaml.placeOfKey(path), what }] : []),
    ...absentSecrets(file.environment.secrets, yaml, lookup),
    ...faultsOfTools(file, yaml),
  ];
}

function absentSecrets(names: readonly string[], yaml: YamlData, lookup: Lookup): Problem[] {
  return names.flatMap((name, index) => {
    if ((lookup(name) ?? '') !== '') return [];
    const place = yaml.placeOf(['environment', 'secrets', index]);
    return [{ place, what: `environment.secrets names ${name}, which is not set` }];
  });
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    data,
  );
}

function dotted(path: Path): string {
  return path.length === 0 ? 'the file' : path.map(String).join('.');
}
