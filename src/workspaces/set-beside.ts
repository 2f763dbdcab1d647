import type { Position } from './position.ts';
import { hasCommit, RECEIVED } from './receive.ts';
import { transfer } from './packs.ts';
import { readRef, resolveName, transact } from './refs.ts';
import type { Stores } from './stores.ts';

/** Where a person finds main that could not land: git reads `harness/main` as this. */
const BESIDE = 'refs/remotes/harness/main';

/** The words that take it in. */
export const TAKE_IN = '`git merge harness/main`';

/**
 * Brings main into the user's repository beside their own branch, which has commits that main lacks:
 * nothing of theirs moves, and one command of git's takes it in. False where that can't be done.
 */
export async function setBeside(stores: Stores, user: Position, main: string): Promise<boolean> {
  const { git, hub, scratch } = stores;
  const { gitDir } = user;
  if ((await resolveName(git, gitDir, BESIDE)) === main) return true;
  const known = await readRef(git, hub, RECEIVED);
  const have = known !== undefined && (await hasCommit(git, gitDir, known)) ? [known] : [];
  await transfer(git, { from: hub, to: gitDir, want: main, have, scratch });
  return (await transact(git, gitDir, [`update ${BESIDE} ${main}`])).exit === 0;
}
