import type { Fence } from '../domain/attempt.ts';
import { gitFailed } from './git.ts';
import { writeBlob } from './commit-files.ts';
import { blobOf } from './contents.ts';
import { blobName } from './facts.ts';
import { fenceRef, MAIN, mergedRef, MOVED } from './names.ts';
import { transfer } from './packs.ts';
import { asOnlyWriter, readRef, transact, writeRef } from './refs.ts';
import type { Stores } from './stores.ts';

/** A move of main that was proved; it happens only from where the proof began. */
export interface MainMove {
  readonly fence: Fence;
  /** Main as the gate saw it. */
  readonly from: string;
  /** The merge commit whose tree passed the gate. */
  readonly to: string;
}

/** Raises an attempt's fence. False when a larger number holds already: the caller is stale. */
export async function setFence(stores: Stores, fence: Fence): Promise<boolean> {
  const { git, hub } = stores;
  const ref = fenceRef(fence.attemptId);
  return asOnlyWriter(stores, async () => {
    const current = await readRef(git, hub, ref);
    const holds = current === undefined ? 0 : await numberIn(stores, current);
    if (holds >= fence.number) return holds === fence.number;
    const blob = await writeBlob(stores, String(fence.number));
    await writeRef(hub, ref, blob);
    return true;
  });
}

/** Whether this is the newest execution of its attempt. */
export async function holdsFence(stores: Stores, fence: Fence): Promise<boolean> {
  const current = await readRef(stores.git, stores.hub, fenceRef(fence.attemptId));
  return current === blobName(String(fence.number));
}

/** The commit by which an attempt's work came to main, if it did. */
export function mergedAs(stores: Stores, attemptId: string): Promise<string | undefined> {
  return readRef(stores.git, stores.hub, mergedRef(attemptId));
}

/**
 * Brings a merge's objects to main's repository ahead of its move, while its checks still run: nothing
 * refers to them until then.
 */
export async function carry(stores: Stores, { from, to }: Omit<MainMove, 'fence'>): Promise<void> {
  const { git, attempts, hub, scratch, facts } = stores;
  if (facts.carried.get(to) === true) return;
  await transfer(git, { from: attempts, to: hub, want: to, have: [from], scratch });
  facts.carried.set(to, true);
}

/**
 * One transaction: the fence holds, main moves from -> to, and the attempt is marked as merged. All
 * or nothing; false when the fence or main moved meanwhile, or the attempt was merged before.
 */
export async function moveMain(stores: Stores, { fence, from, to }: MainMove): Promise<boolean> {
  const { git, hub } = stores;
  await carry(stores, { from, to });
  const number = blobName(String(fence.number));
  const lines = [
    `verify ${fenceRef(fence.attemptId)} ${number}`,
    `update ${MAIN} ${to} ${from}`,
    `create ${mergedRef(fence.attemptId)} ${to}`,
    `update ${MOVED} ${to}`,
  ];
  return asOnlyWriter(stores, async () => {
    const outcome = await transact(git, hub, lines);
    if (outcome.exit === 0) return true;
    if (await isOvertaken(stores, { fence, from, to })) return false;
    throw gitFailed({ gitDir: hub, args: ['update-ref'] }, outcome);
  });
}

async function isOvertaken(stores: Stores, { fence, from }: MainMove): Promise<boolean> {
  if (!(await holdsFence(stores, fence))) return true;
  if ((await readRef(stores.git, stores.hub, MAIN)) !== from) return true;
  return (await mergedAs(stores, fence.attemptId)) !== undefined;
}

async function numberIn(stores: Stores, blob: string): Promise<number> {
  return Number((await blobOf(stores, blob)).toString('latin1'));
}
