import { refuse } from './verdict.ts';

/** What has become of the shell so far: only what later commands depend on. */
export interface State {
  /** Folders it may stand in, absolute; null: any. */
  readonly folders: readonly string[] | null;
  /** Variables that surely have one of the values that the script gives them. */
  readonly settled: ReadonlySet<string>;
}

/** The two ways on from a command. */
export interface Ways {
  readonly done: State;
  readonly failed: State;
}

/** Folders that a shell may be in at once before it counts as lost. */
const MAX_FOLDERS = 8;

/** Both ends leave this state. */
export function sameWays(state: State): Ways {
  return { done: state, failed: state };
}

/** What is certain whichever of the two it was; refuses when that is too many folders. */
export function merged(left: State, right: State): State {
  if (left === right) return left;
  return {
    folders: mergedFolders(left.folders, right.folders),
    settled: new Set([...left.settled].filter((name) => right.settled.has(name))),
  };
}

/** What is certain whichever way it ended. */
export function oneWay({ done, failed }: Ways): State {
  return merged(done, failed);
}

function mergedFolders(left: State['folders'], right: State['folders']): State['folders'] {
  if (left === null || right === null) return null;
  const all = [...new Set([...left, ...right])];
  if (all.length > MAX_FOLDERS)
    refuse('size', 'The command changes its folder too often.', 'Use (cd folder && command).');
  return all;
}

/** The same, with these names known not to change any more. */
export function withSettled(state: State, names: readonly string[]): State {
  return names.length === 0 ? state : { ...state, settled: new Set([...state.settled, ...names]) };
}
