import { execFile } from 'node:child_process';
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { whyTooWide } from './box-paths.ts';
import { findProgram } from './find-program.ts';

/** What the box offers beyond the system's own folders. */
export interface Toolchains {
  /** Command names and the real files they stand for; `node` is always the harness's own. */
  readonly programs: Readonly<Record<string, string>>;
  /** Paths to show read-only so that those programs work. */
  readonly mounts: readonly string[];
  /** What tells one version of a program from another: part of an environment's key. */
  readonly identity: Readonly<Record<string, string>>;
  /** Found, but not shown, each with the reason: doctor proposes `sandbox.read` or another install. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

/** Where toolchains are looked for. */
export interface ToolchainQuery {
  /** The user's PATH. */
  readonly path: string;
  readonly home: string;
  /** The harness's own Node, so that code in the box meets the same major as ours. */
  readonly node: string;
}

const NAMES = ['npm', 'npx', 'pnpm', 'yarn', 'git', 'uv', 'uvx'] as const;

/** Multiplexers of version managers: they need their whole home to find the real program. */
const MULTIPLEXERS = new Set(['volta-shim', 'mise', 'asdf', 'rtx', 'proto-shim', 'snap']);

interface Found {
  readonly name: string;
  readonly file: string;
  readonly mount: string | null;
  readonly identity: string;
}

/**
 * Finds what projects are usually built with on the user's PATH, and the narrowest read-only mount
 * that each needs: its package or file, a prefix only where that is a toolchain's own. Never a home
 * folder or a parent of one.
 */
export async function findToolchains(query: ToolchainQuery): Promise<Toolchains> {
  const path = withoutShims(query.path);
  const found = [await locate('node', query.node)];
  for (const name of NAMES) {
    const file = await findProgram(name, path);
    if (file !== undefined) found.push(await locate(name, file));
  }
  found.push(...(await findPython(query)));
  return summarize(found, query.home);
}

function summarize(found: readonly Found[], home: string): Toolchains {
  const refused = found.flatMap((tool) => {
    const reason = whyRefused(tool, home);
    return reason === undefined ? [] : [{ name: tool.name, reason }];
  });
  const kept = found.filter((tool) => whyRefused(tool, home) === undefined);
  return Object.freeze({
    programs: Object.fromEntries(kept.map((tool) => [tool.name, tool.file])),
    mounts: [...new Set(kept.flatMap((tool) => tool.mount ?? []))],
    identity: Object.fromEntries(kept.map((tool) => [tool.name, tool.identity])),
    refused,
  });
}

function whyRefused(tool: Found, home: string): string | undefined {
  if (MULTIPLEXERS.has(basename(tool.file)))
    return `${tool.file} only passes on to a program elsewhere; put the real one on PATH`;
  if (tool.mount === null) return undefined;
  const reason = whyTooWide(tool.mount, home);
  return reason === undefined ? undefined : `${tool.mount} would have to be shown, but ${reason}`;
}

/** pyenv and asdf put scripts there that look for the project's own wishes. */
function withoutShims(path: string): string {
  return path
    .split(':')
    .filter((folder) => basename(folder) !== 'shims')
    .join(':');
}

async function locate(name: string, found: string): Promise<Found> {
  const file = await realpath(found);
  return { name, file, mount: await mountFor(file), identity: await identityOf(file) };
}

/** Null: it lies in the system's own folders, which every box has. */
async function mountFor(file: string): Promise<string | null> {
  if (/^\/(?:usr|bin|sbin|lib)\//u.test(file)) return null;
  if (file.startsWith('/nix/store/')) return '/nix/store';
  const brew = file.indexOf('/Cellar/');
  if (brew > 0) return file.slice(0, brew);
  const pack = /^.*?\/lib\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/u.exec(file);
  if (pack !== null) return pack[0];
  const prefix = dirname(dirname(file));
  const own = (await exists(join(prefix, 'conda-meta'))) || (await exists(gitCore(prefix)));
  return own ? prefix : file;
}

function gitCore(prefix: string): string {
  return join(prefix, 'libexec', 'git-core');
}

/** A package's version, else the file's size and time: asking each program would take seconds. */
async function identityOf(file: string): Promise<string> {
  const manifest = join(dirname(dirname(file)), 'package.json');
  const version = /"version"\s*:\s*"([^"]+)"/u.exec(
    await readFile(manifest, 'utf8').catch(() => ''),
  );
  if (version?.[1] !== undefined) return version[1];
  const { size, mtimeMs } = await stat(file);
  return `${size}-${Math.floor(mtimeMs)}`;
}

const ASK_PYTHON =
  'import sys; print(sys.base_prefix); print("%d.%d" % sys.version_info[:2]); print(sys.version)';

/** Python is asked where it lives, because shims and virtual environments hide it. */
async function findPython({ path, home }: ToolchainQuery): Promise<readonly Found[]> {
  const python = await findProgram('python3', path);
  if (python === undefined) return [];
  const answer = await promisify(execFile)(python, ['-I', '-S', '-c', ASK_PYTHON], {
    cwd: '/',
    env: { PATH: path, HOME: home },
    timeout: 10_000,
  }).catch(() => ({ stdout: '' }));
  const [prefix, minor, ...version] = answer.stdout.split('\n');
  if (prefix === undefined || minor === undefined) return [];
  const mount = /^\/usr(?:\/local)?$/u.test(prefix) ? null : prefix;
  const names = ['python3', 'python', `python${minor}`, 'pip3', 'pip'];
  const tools = names.map(async (name): Promise<readonly Found[]> => {
    const file = join(prefix, 'bin', name.startsWith('python') ? `python${minor}` : name);
    return (await exists(file)) ? [{ name, file, mount, identity: version.join(' ').trim() }] : [];
  });
  return (await Promise.all(tools)).flat();
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
