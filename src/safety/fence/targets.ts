import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** A path that a tool call names, and whether it may be written. */
export interface Target {
  readonly path: string;
  readonly writes: boolean;
}

type Found = { readonly targets: readonly Target[] } | { readonly fault: string };

const text = z.string().optional();

const inputSchema = z.looseObject({
  file_path: text,
  notebook_path: text,
  path: text,
  pattern: text,
});

const READERS: ReadonlySet<string> = new Set(['Read', 'Glob', 'Grep']);
const WRITERS: ReadonlySet<string> = new Set(['Write', 'Edit', 'NotebookEdit']);

/** Judged by the policy, which reads commands. */
const COMMANDS: ReadonlySet<string> = new Set(['Bash']);

/** Every path that a call names; of a tool nobody knows, an MCP tool say, all that looks like one. */
export function targetsOf({
  tool,
  input,
}: {
  readonly tool: string;
  readonly input: unknown;
}): Found {
  if (COMMANDS.has(tool)) return { targets: [] };
  const writes = WRITERS.has(tool);
  if (!writes && !READERS.has(tool)) return argumentsOf(input);
  const parsed = inputSchema.safeParse(input);
  if (!parsed.success) return { fault: 'The tool input is not understood.' };
  const { file_path: file, notebook_path: notebook, path, pattern } = parsed.data;
  const named = [file, notebook, path].filter((one) => one !== undefined);
  if (writes && named.length === 0) return { fault: 'No file is named.' };
  const globs = tool === 'Glob' && pattern !== undefined ? globTargets(pattern, path) : [];
  return { targets: [...named, ...globs].map((one) => ({ path: one, writes })) };
}

/** A name that is `..`, also as one choice of several in braces. */
const CLIMBS = /(?:^|[/{,])\.\.(?:$|[/},])/u;

/** A glob reaches elsewhere when it is absolute or climbs: what it starts from is judged. */
function globTargets(pattern: string, path: string | undefined): readonly string[] {
  const fixed = pattern.split(/[*?[{]/u, 1)[0] ?? '';
  const start = path === undefined || isAbsolute(fixed) ? fixed : join(path, fixed);
  return [...(CLIMBS.test(pattern) ? ['..'] : []), ...choicesOf(pattern), start];
}

/** Absolute choices in braces: `{/etc,src}/x`. */
function choicesOf(pattern: string): readonly string[] {
  return [...pattern.matchAll(/[{,](\/[^,}*?[]*)/gu)].map(([, choice]) => choice ?? '/');
}

/** Ends of argument names that stand for paths, whether written `outputDir` or `output_dir`. */
const PATH_NAMES =
  /(?:^|[_-]|(?<=[a-z])(?=[A-Z]))(?:paths?|files?|file_?names?|dir|directory|folder|root|cwd|output|destination)$/iu;

/** A value that means a place of the system, whatever its argument is called. */
const SYSTEM_PATH =
  /^(?:~|\/(?:bin|boot|dev|etc|home|lib\w*|media|mnt|opt|private|proc|root|run|sbin|srv|sys|tmp|Users|usr|var))(?:\/\S*)?$/u;

/** Deeper input is refused instead of searched. */
const DEEPEST = 32;

function argumentsOf(input: unknown): Found {
  const targets: Target[] = [];
  const fault = collect(input, { name: '', depth: 0 }, (path) =>
    targets.push({ path, writes: true }),
  );
  return fault === null ? { targets } : { fault };
}

interface Where {
  readonly name: string;
  readonly depth: number;
}

/** Whether a tool of others reads or writes cannot be told, so it counts as writing. */
function collect(value: unknown, where: Where, found: (path: string) => void): string | null {
  if (where.depth > DEEPEST) return 'The tool input is nested too deeply.';
  if (typeof value === 'string') return judgeText(value, where.name, found);
  if (typeof value !== 'object' || value === null) return null;
  const depth = where.depth + 1;
  for (const [key, part] of Object.entries(value)) {
    const name = Array.isArray(value) ? where.name : key;
    const fault = collect(part, { name, depth }, found);
    if (fault !== null) return fault;
  }
  return null;
}

function judgeText(value: string, name: string, found: (path: string) => void): string | null {
  if (/^\s*file:/iu.test(value)) {
    const path = pathOfUrl(value);
    if (path === null) return 'A file URL is not understood.';
    found(path);
  } else if (PATH_NAMES.test(name) || SYSTEM_PATH.test(value)) found(value);
  return null;
}

function pathOfUrl(value: string): string | null {
  try {
    return fileURLToPath(new URL(value.trim()));
  } catch {
    return null; // Another host, an encoded slash: nothing a tool has to open.
  }
}
