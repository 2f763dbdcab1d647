import { copyFile, link, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hasCode } from '../domain/errors.ts';
import type { GitOutcome } from './git.ts';
import { isOwnWork, type Advance } from './own-work.ts';
import { resolveName } from './refs.ts';
import type { Stores } from './stores.ts';

/** Whether main moved; if not, why, for people. */
export type Advanced = { readonly done: true } | { readonly done: false; readonly reason: string };

const Note = z.object({
  gitDir: z.string(),
  workTree: z.string(),
  ref: z.string(),
  pins: z.array(z.tuple([z.string(), z.string()])),
  from: z.string(),
  to: z.string(),
});

/** In an `index.lock` of ours, so that one left by a crash is told from a person's. */
const MARK = 'held by harness while it lands\n';

/**
 * Moves index, work tree and branch together. git's own lock on the index is held all the while, the
 * new index is prepared aside, and a note in the data folder lets a later call finish what a crash
 * interrupted.
 */
export async function advance(stores: Stores, plan: Advance): Promise<Advanced> {
  if (!(await lockIndex(plan))) {
    return refuse('another git is at work there (index.lock); wait for it, or remove that file');
  }
  try {
    return await advanceLocked(stores, plan);
  } finally {
    await rm(noteOf(stores), { force: true });
    await unlockIndex(plan);
  }
}

async function advanceLocked(stores: Stores, plan: Advance): Promise<Advanced> {
  const { from, to } = plan;
  await copyIndex(plan);
  if (!(await isClean(stores, plan, from))) {
    return refuse('tracked files have uncommitted changes; commit or stash them');
  }
  await writeNote(stores, plan);
  const moved = await onPrivate(stores, plan, ['read-tree', '-m', '-u', from, to]);
  if (moved.exit !== 0) return refuse(lastLine(moved.stderr));
  if (await moveBranch(stores, plan)) {
    await rename(privateIndex(plan), join(plan.gitDir, 'index'));
    return { done: true };
  }
  // Another process may have taken this one for dead and finished this very landing.
  if ((await resolveName(stores.git, plan.gitDir, plan.ref)) === to) {
    await rename(privateIndex(plan), join(plan.gitDir, 'index')).catch(unlessMissing);
    return { done: true };
  }
  await onPrivate(stores, plan, ['read-tree', '-m', '-u', to, from]);
  return refuse('the branch moved meanwhile');
}

/**
 * Finishes a landing that a crash interrupted, if everything that differs from the old commit is what
 * that landing itself wrote; else it leaves the folder as it is.
 */
export async function finishInterrupted(stores: Stores): Promise<void> {
  const plan = await readNote(stores);
  if (plan === undefined) return;
  if (!(await lockIndex(plan))) return;
  try {
    await finishLocked(stores, plan);
  } finally {
    await rm(noteOf(stores), { force: true });
    await unlockIndex(plan);
  }
}

async function finishLocked(stores: Stores, plan: Advance): Promise<void> {
  const { from, to } = plan;
  const head = await resolveName(stores.git, plan.gitDir, plan.ref);
  if (head !== from && head !== to) return;
  await copyIndex(plan);
  const staged = await onPrivate(stores, plan, ['diff-index', '--cached', '--quiet', from]);
  const arrived = await onPrivate(stores, plan, ['diff-index', '--cached', '--quiet', to]);
  if (staged.exit !== 0 && arrived.exit !== 0) return;
  await onPrivate(stores, plan, ['read-tree', '-m', from]);
  await onPrivate(stores, plan, ['update-index', '-q', '--refresh']);
  const dirty = await onPrivate(stores, plan, ['diff-files', '--name-only', '-z']);
  if (!(await isOwnWork(stores, plan, dirty.stdout))) return;
  const reset = await onPrivate(stores, plan, ['read-tree', '--reset', '-u', to]);
  if (reset.exit !== 0) return;
  if (head === to || (await moveBranch(stores, plan))) {
    await rename(privateIndex(plan), join(plan.gitDir, 'index'));
  }
}

/** Nothing staged and nothing changed; untracked files are not looked at. */
async function isClean(stores: Stores, plan: Advance, commit: string): Promise<boolean> {
  // Without `-q` it fails when, after a look into each file, one is not what the index has.
  const unchanged = await onPrivate(stores, plan, ['update-index', '--refresh']);
  if (unchanged.exit !== 0) return false;
  return (await onPrivate(stores, plan, ['diff-index', '--cached', '--quiet', commit])).exit === 0;
}

async function moveBranch({ git }: Stores, { gitDir, ref, from, to }: Advance): Promise<boolean> {
  const args = ['update-ref', '-m', 'harness: land', ref, to, from];
  return (await git.run({ gitDir, args })).exit === 0;
}

function onPrivate(stores: Stores, plan: Advance, args: readonly string[]): Promise<GitOutcome> {
  const { gitDir, workTree, pins } = plan;
  return stores.git.run({ gitDir, workTree, pins, args, indexFile: privateIndex(plan) });
}

const privateIndex = ({ gitDir }: Advance): string => join(gitDir, 'harness-index');
const indexLock = ({ gitDir }: Advance): string => join(gitDir, 'index.lock');
const noteOf = ({ locks }: Stores): string => join(locks, 'landing.json');

async function copyIndex(plan: Advance): Promise<void> {
  await rm(privateIndex(plan), { force: true });
  await rm(`${privateIndex(plan)}.lock`, { force: true });
  await copyFile(join(plan.gitDir, 'index'), privateIndex(plan)).catch(unlessMissing);
}

/** Takes the index's lock whole with its mark, or takes over our own left-over. */
async function lockIndex(plan: Advance): Promise<boolean> {
  const folder = await mkdtemp(join(plan.gitDir, 'harness-'));
  try {
    await writeFile(join(folder, 'mark'), MARK);
    await link(join(folder, 'mark'), indexLock(plan));
    return true;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    return (await readFile(indexLock(plan), 'latin1')) === MARK;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function unlockIndex(plan: Advance): Promise<void> {
  await rm(privateIndex(plan), { force: true });
  await rm(indexLock(plan), { force: true });
}

async function writeNote(stores: Stores, plan: Advance): Promise<void> {
  const path = noteOf(stores);
  await writeFile(`${path}.new`, JSON.stringify(plan));
  await rename(`${path}.new`, path);
}

async function readNote(stores: Stores): Promise<Advance | undefined> {
  const text = await readFile(noteOf(stores), 'utf8').catch(unlessMissing);
  return text === undefined ? undefined : Note.parse(JSON.parse(text));
}

function unlessMissing(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT')) throw error;
  return undefined;
}

function lastLine(stderr: string): string {
  return stderr.trim().split('\n').at(-1) ?? 'git refused';
}

const refuse = (reason: string): Advanced => ({ done: false, reason });
