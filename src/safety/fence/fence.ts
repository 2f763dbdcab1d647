import { realpathSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { entryAt, landingOf } from './landing.ts';
import { isProtected } from './protected.ts';
import { spellingFault } from './spelling.ts';
import { targetsOf, type Target } from './targets.ts';

/** What the fence has to know of a session. All paths are absolute. */
export interface FenceOrder {
  readonly workspace: string;
  readonly configDir: string;
  /** The box's own temporary folder, other files than the host has under the same names; null: none. */
  readonly scratch: string | null;
  /** Folders of the toolchain, which may be read. */
  readonly readable: readonly string[];
  /** Globs below the workspace that only a person may change, beyond the harness's own. */
  readonly protectedPaths: readonly string[];
}

/** A tool call as the agent made it: hostile until parsed. */
export interface FencedCall {
  readonly tool: string;
  readonly input: unknown;
}

/**
 * Why this tool may not touch what it names; null: the fence has nothing against it. A seat-belt with
 * a message that the model understands: the boundary is the box. What it throws must block the call.
 */
export function fenceFault(order: FenceOrder, call: FencedCall): string | null {
  const found = targetsOf(call);
  if ('fault' in found) return found.fault;
  const ground = { ...order, named: order.workspace, workspace: realpathSync(order.workspace) };
  for (const target of found.targets) {
    const fault = targetFault(ground, target);
    if (fault !== null) return fault;
  }
  return null;
}

/** The same place by its real path, and as the session was told it. */
interface Ground extends FenceOrder {
  readonly named: string;
}

function targetFault(order: Ground, { path: said, writes }: Target): string | null {
  const misspelt = spellingFault(said);
  if (misspelt !== null) return misspelt;
  const path = inReal(order, said);
  const meant = resolve(order.workspace, path);
  if (path.startsWith('~') || !inside(rootsOf(order, writes), meant))
    return outside(order, { path: said, writes });
  const ends = inside([order.workspace], meant) ? endsOf(order, path) : [meant];
  if (ends === null) return `${said} runs through more links than can be followed.`;
  const escaped = ends.some((end) => !inside(rootsOf(order, writes), end));
  if (escaped) return `${said} is a link that leads outside the workspace.`;
  return (
    [meant, ...ends].map((end) => protectionFault(order, { path: end, writes })).find(isFault) ??
    ends.map((end) => entryFault(order, { path: end, writes })).find(isFault) ??
    null
  );
}

function outside({ named }: Ground, { path, writes }: Target): string {
  return writes
    ? `${path} lies outside the workspace; only ${named} may be written.`
    : `${path} lies outside the workspace; only ${named} may be read. The operator can let more be read: sandbox.read.`;
}

function isFault(fault: string | null): fault is string {
  return fault !== null;
}

/**
 * Where the path leads, by both readings of `..`: a program may take the names away before it looks,
 * the kernel follows each link first.
 */
function endsOf(order: Ground, path: string): readonly string[] | null {
  const { workspace } = order;
  const ends = [resolve(workspace, path), path].map((way) =>
    landingOf({ workspace, grounded: (target) => inReal(order, target) }, way),
  );
  return ends.every((end) => end !== null) ? ends : null;
}

/** The path below the real workspace, where it was given by the other name. */
function inReal({ named, workspace }: Ground, path: string): string {
  return named !== workspace && inside([named], path) ? workspace + path.slice(named.length) : path;
}

function rootsOf(order: FenceOrder, writes: boolean): readonly string[] {
  const { workspace, configDir, readable } = order;
  const own = order.scratch === null ? [workspace] : [workspace, order.scratch];
  return writes ? own : [...own, configDir, ...readable];
}

/** Compares whole names: `/work2` is not inside `/work`. */
function inside(roots: readonly string[], path: string): boolean {
  return roots.some(
    (root) => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep),
  );
}

function protectionFault({ workspace, protectedPaths }: FenceOrder, end: Target): string | null {
  if (!end.writes || !inside([workspace], end.path)) return null;
  const below = relative(workspace, end.path);
  switch (isProtected(below, protectedPaths)) {
    case 'git':
      return `${below} belongs to git; use git commands instead.`;
    case 'protected':
      return `${below} is protected: only a person may change it. Report what should change instead.`;
    case null:
      return null;
  }
}

/** What is there already must be a plain file with one name, or a folder; a pipe would never answer. */
function entryFault({ workspace }: FenceOrder, end: Target): string | null {
  if (!inside([workspace], end.path)) return null;
  const entry = entryAt(end.path);
  if (entry === 'special') return `${end.path} is neither a file nor a folder.`;
  return entry === 'shared' && end.writes
    ? `${end.path} has a second name (a hard link); copy it and write the copy.`
    : null;
}
