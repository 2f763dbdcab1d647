import { createHash } from 'node:crypto';
import { closeSync, fstatSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError, hasCode } from '../../domain/errors.ts';
import { openBeneath } from '../no-follow.ts';
import type { Environment } from './kept.ts';
import type { Environments, PrepareOrder } from './open-environments.ts';

export interface ToolPackageOrder {
  /** `name@1.2.3`. */
  readonly package: string;
  /** Where what was agreed to is written down: of the harness itself. */
  readonly folder: string;
  readonly openWire: PrepareOrder['openWire'];
}

/** A package of the operator's registry, ready to be shown to boxes. */
export interface ToolPackage {
  /** Folder of its files and of all that it needs. */
  readonly folder: string;
  /** File that Node starts it by. */
  readonly entry: string;
  /** Hash of the package as the registry gave it first. */
  readonly integrity: string;
}

/** Scripts of packages never run: what they would do here, nobody agreed to. */
const FLAGS = '--ignore-scripts --no-audit --no-fund --omit=dev';
const RESOLVE = `npm install --package-lock-only --omit-lockfile-registry-resolved ${FLAGS}`;
const INSTALL = `npm ci ${FLAGS}`;

/** Of both steps each; a package with a hundred others takes half a minute. */
const TIMEOUT_MS = 300_000;

/**
 * Installs a package outside of any project, sealed, through the wire of packages, as environments
 * are, and keeps it by the hash of all that is in it. What the registry gave first is written down,
 * the hashes of all it needs included: another package under the same version is never started.
 * @throws HarnessError MCP_INSTALL
 */
export async function installToolPackage(
  environments: Environments,
  order: ToolPackageOrder,
): Promise<ToolPackage> {
  const lock = (await agreedLock(order)) ?? (await resolved(environments, order));
  const files = { ...manifestOf(order.package), 'package-lock.json': lock };
  const { folder } = await prepared(environments, { order, command: INSTALL, files });
  const { name } = partsOf(order.package);
  const own = join('node_modules', name);
  const entry = entryIn(order.package, readBeneath(folder, join(own, 'package.json')));
  return { folder, entry: join(folder, own, entry), integrity: integrityIn(order.package, lock) };
}

function partsOf(spec: string): { readonly name: string; readonly version: string } {
  const at = spec.lastIndexOf('@');
  return { name: spec.slice(0, at), version: spec.slice(at + 1) };
}

function manifestOf(spec: string): Readonly<Record<string, string>> {
  const { name, version } = partsOf(spec);
  const manifest = { private: true, name: 'tools', dependencies: { [name]: version } };
  return { 'package.json': JSON.stringify(manifest) };
}

function lockFile({ package: spec, folder }: ToolPackageOrder): string {
  const place = createHash('sha256').update(spec).digest('hex').slice(0, 16);
  return join(folder, `package-${place}.lock.json`);
}

async function agreedLock(order: ToolPackageOrder): Promise<string | undefined> {
  try {
    return await readFile(lockFile(order), 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Asks the registry what the package is and needs, and writes it down. */
async function resolved(environments: Environments, order: ToolPackageOrder): Promise<string> {
  const files = manifestOf(order.package);
  const { folder } = await prepared(environments, { order, command: RESOLVE, files });
  const lock = readBeneath(folder, 'package-lock.json');
  integrityIn(order.package, lock);
  const file = lockFile(order);
  await mkdir(order.folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, lock, { mode: 0o600 });
  await rename(draft, file);
  return lock;
}

interface Step {
  readonly order: ToolPackageOrder;
  readonly command: string;
  readonly files: Readonly<Record<string, string>>;
}

async function prepared(
  environments: Environments,
  { order, command, files }: Step,
): Promise<Environment> {
  const inputs = Object.keys(files);
  const end = await environments.prepare({
    files: {
      paths: inputs,
      read: async (path) => (Object.hasOwn(files, path) ? Buffer.from(files[path] ?? '') : null),
    },
    settings: { prepare: { command, inputs }, env: {} },
    openWire: order.openWire,
    timeoutMs: TIMEOUT_MS,
  });
  if (end.status === 'ready') return end.environment;
  const reason = end.status === 'failed' ? end.output.slice(-1500) : end.status;
  throw fault(order.package, `\`${command}\` failed: ${reason}`);
}

const lockSchema = z.object({
  packages: z.record(z.string(), z.looseObject({ integrity: z.string().optional() })),
});

function integrityIn(spec: string, lock: string): string {
  const { name } = partsOf(spec);
  const parsed = lockSchema.safeParse(parseJson(lock));
  const integrity = parsed.data?.packages[`node_modules/${name}`]?.integrity;
  if (integrity !== undefined) return integrity;
  throw fault(spec, 'the registry gives no hash of it, so nobody could tell it from another');
}

const manifestSchema = z.looseObject({
  bin: z.union([z.string(), z.record(z.string(), z.string())]),
});

/** The one program of the package, or that of several which has the package's own name. */
function entryIn(spec: string, manifest: string): string {
  const bin = manifestSchema.safeParse(parseJson(manifest)).data?.bin;
  const own = partsOf(spec).name.replace(/^@[^/]+\//u, '');
  const all = typeof bin === 'string' ? { [own]: bin } : (bin ?? {});
  const entry = Object.keys(all).length === 1 ? Object.values(all)[0] : all[own];
  const names = entry?.replace(/^\.\//u, '').split('/') ?? [];
  if (entry !== undefined && !names.some((name) => name === '' || name === '..')) return entry;
  throw fault(spec, 'its package.json names no program (bin) that could be started');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Judged by whoever asked.
  }
}

/** A lock file of a hundred packages has 50 KB. */
const MOST_BYTES = 8 * 1024 ** 2;

/** What a registry gave is hostile: links in it lead nowhere. */
function readBeneath(folder: string, path: string): string {
  const names = path.split('/').map((name) => Buffer.from(name));
  const fd = openBeneath(folder, names);
  if (fd === undefined) return '';
  try {
    return fstatSync(fd).size > MOST_BYTES ? '' : readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

function fault(spec: string, reason: string): HarnessError {
  return new HarnessError(
    'MCP_INSTALL',
    `The MCP server ${spec} could not be installed: ${reason}. Check its name and version under mcp, and the registry that npm is configured with.`,
  );
}
