import { gitFailed, type Git, type GitOrder } from './git.ts';
import { knownEntries, noteEntries } from './contents.ts';
import type { Change, Entries } from './facts.ts';
import type { Stores } from './stores.ts';

/** What differs between two commits, renames as a deletion and an addition. */
export async function changesBetween(
  stores: Stores,
  older: string,
  newer: string,
): Promise<readonly Change[]> {
  const { git, attempts: gitDir, facts } = stores;
  const key = `${older} ${newer}`;
  const known = facts.changes.get(key);
  if (known !== undefined) return known;
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-ext-diff', older, newer];
  const changes = changesIn(await outputOf(git, { gitDir, args }));
  facts.changes.set(key, changes);
  noteEntries(stores, newer, withChanges(knownEntries(stores, older), changes));
  return changes;
}

/** The files of the one commit, and what differs, tell those of the other. */
function withChanges(before: Entries | undefined, changes: readonly Change[]): Entries | undefined {
  if (before === undefined) return undefined;
  const after = new Map(before);
  for (const { path, mode, blob, status } of changes) {
    if (status === 'D') after.delete(path);
    else after.set(path, { mode, blob });
  }
  return after;
}

/** What each single commit between two changed, against each of its parents. */
export async function changesOnTheWay(
  { git, attempts: gitDir }: Stores,
  older: string,
  newer: string,
): Promise<Change[]> {
  const commits = await git.read({ gitDir, args: ['rev-list', newer, '--not', older] });
  const args = ['diff-tree', '--stdin', '--root', '-m', '-r', '-z', '--raw', '--no-renames'];
  const order = {
    gitDir,
    args: [...args, '--no-commit-id', '--no-ext-diff'],
    input: `${commits}\n`,
  };
  return changesIn(await outputOf(git, order));
}

async function outputOf(git: Git, order: GitOrder): Promise<Buffer> {
  const outcome = await git.run(order);
  if (outcome.exit !== 0) throw gitFailed(order, outcome);
  return outcome.stdout;
}

/** Parses `--raw -z`: `:oldmode newmode oldblob newblob status NUL path NUL`. */
function changesIn(raw: Buffer): Change[] {
  const fields = raw.toString('latin1').split('\0');
  const changes: Change[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode = '', , blob = '', status = ''] = (fields[at] ?? '').split(' ');
    changes.push({ mode, blob, status, path: fields[at + 1] ?? '' });
  }
  return changes;
}
