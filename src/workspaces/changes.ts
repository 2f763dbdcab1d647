import { gitFailed, type Git, type GitOrder } from './git.ts';
import type { Stores } from './stores.ts';

/** One path that differs between two trees. */
export interface Change {
  /** Mode and blob afterwards; zeros when the path is gone. */
  readonly mode: string;
  readonly blob: string;
  /** git's letter: A added, D deleted, M modified, T type changed. */
  readonly status: string;
  /** latin1, so that any bytes fit. */
  readonly path: string;
}

/** What differs between two commits, renames as a deletion and an addition. */
export async function changesBetween(
  { git, attempts: gitDir }: Stores,
  older: string,
  newer: string,
): Promise<Change[]> {
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-ext-diff', older, newer];
  return changesIn(await outputOf(git, { gitDir, args }));
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
