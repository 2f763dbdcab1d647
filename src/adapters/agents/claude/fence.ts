import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { hasCode } from '../../../domain/errors.ts';

/** What the fence has to know of a session. */
export interface FenceOrder {
  readonly workspace: string;
  readonly configDir: string;
  /** The box's own temporary folder. */
  readonly scratch: string;
  /** Folders of the toolchain, which may be read. */
  readonly readable: readonly string[];
}

const inputSchema = z.looseObject({
  file_path: z.string().optional(),
  notebook_path: z.string().optional(),
  path: z.string().optional(),
  pattern: z.string().optional(),
});

/** Tools that name files; everything else is none of the fence's business. */
const READERS: ReadonlySet<string> = new Set(['Read', 'Glob', 'Grep']);
const WRITERS: ReadonlySet<string> = new Set(['Write', 'Edit', 'NotebookEdit']);

/**
 * Why this file tool may not touch what it names; null: the fence has nothing against it. A
 * seat-belt with a message the model understands: the boundary is the box.
 */
export function fenceFault(order: FenceOrder, tool: string, input: unknown): string | null {
  const writes = WRITERS.has(tool);
  if (!writes && !READERS.has(tool)) return null;
  const parsed = inputSchema.safeParse(input);
  if (!parsed.success) return 'The tool input is not understood.';
  const named = targetsOf(tool, parsed.data);
  if (writes && named.length === 0) return 'No file is named.';
  for (const target of named) {
    const fault = targetFault(order, { target, writes });
    if (fault !== null) return fault;
  }
  return null;
}

function targetsOf(tool: string, input: z.infer<typeof inputSchema>): readonly string[] {
  const targets = [input.file_path, input.notebook_path, input.path].filter(
    (path) => path !== undefined,
  );
  if (tool !== 'Glob' || input.pattern === undefined) return targets;
  return [...targets, ...globTargets(input)];
}

/** A glob reaches elsewhere when it is absolute or climbs: what it starts from is judged. */
function globTargets({ path, pattern }: z.infer<typeof inputSchema>): readonly string[] {
  if (pattern === undefined) return [];
  const fixed = pattern.split(/[*?[{]/u, 1)[0] ?? '';
  const climbs = pattern.split('/').includes('..') ? ['..'] : [];
  return [...climbs, path === undefined || isAbsolute(fixed) ? fixed : join(path, fixed)];
}

interface Target {
  readonly target: string;
  readonly writes: boolean;
}

function targetFault(order: FenceOrder, { target, writes }: Target): string | null {
  if (target.includes('\0')) return 'A path holds a NUL character.';
  const path = absolute(order, target);
  const roots = writes
    ? [order.workspace, order.scratch]
    : [order.workspace, order.configDir, order.scratch, ...order.readable];
  if (path === null || !inside(roots, path)) return `${target} lies outside the workspace.`;
  const real = inside([order.workspace], path) ? realOf(path) : path;
  if (!inside([...roots, realOf(order.workspace)], real))
    return `${target} is a link that leads outside the workspace.`;
  return writes && [path, real].some((end) => inGit(order, end))
    ? `${target} belongs to git; use git commands instead.`
    : null;
}

/** The path as the tool will take it; null for a home folder, which is nobody's here. */
function absolute({ workspace }: FenceOrder, target: string): string | null {
  return target === '~' || target.startsWith('~/') ? null : resolve(workspace, target);
}

function inside(roots: readonly string[], path: string): boolean {
  return roots.some((root) => path === root || path.startsWith(root + sep));
}

/** Git itself ignores case in `.git` on some file systems, so this does everywhere. */
function inGit({ workspace }: FenceOrder, path: string): boolean {
  return [workspace, realOf(workspace)].some(
    (root) =>
      inside([root], path) &&
      relative(root, path)
        .split(sep)
        .some((part) => part.toLowerCase() === '.git'),
  );
}

/**
 * The path with links followed as far as it exists; what is still to be made has none. A link to
 * something that is still to be made leads there all the same.
 */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const parent = dirname(path);
    if (parent === path || !missing(error)) throw error;
    const link = linkOf(path);
    return link === null ? join(realOf(parent), basename(path)) : realOf(resolve(parent, link));
  }
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (missing(error) || hasCode(error, 'EINVAL')) return null;
    throw error;
  }
}

function missing(error: unknown): boolean {
  return hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR');
}
