import type { Fence } from '../domain/attempt.ts';
import {
  changedFiles,
  diffOf,
  existingClone,
  filesOf,
  workOf,
  type DiffOrder,
  type FileChange,
} from './attempt-work.ts';
import { checkout } from './checkout.ts';
import { openClone, removeClone, type OpenOptions } from './clone.ts';
import { commitFiles, type FilesCommit } from './commit-files.ts';
import { changeAt, fileAt, headOf, newestMove, treeOf, type Change } from './contents.ts';
import type { Git } from './git.ts';
import { importBundle, type Import } from './import-bundle.ts';
import { land, type LandOrder } from './land.ts';
import { carry, mergedAs, moveMain, setFence, type MainMove } from './main-branch.ts';
import { merge, type MergeOrder } from './merge.ts';
import { receive, type Received } from './receive.ts';
import { listRescues, restoreRescue, type RescueRecord } from './rescue-records.ts';
import type { TreeFiles } from './environment/recipe.ts';
import { rescue, type RescueOrder } from './rescue.ts';
import { openStores } from './stores.ts';
import type { Landing, Merge, Rescue, Workspace } from './workspace.ts';

/** A project's own git: the integration branch, the attempts, their clones and what was rescued. */
export interface Hub {
  readonly projectId: string;
  /** Absolute path of the bare repository with the integration branch. */
  readonly path: string;

  /** Newest commit of main. Throws HUB_EMPTY before the first `receive`. */
  head(): Promise<string>;
  treeOf(commit: string): Promise<string>;
  /** The newest commit that the harness itself made main; undefined before the first. */
  newestMove(): Promise<string | undefined>;
  /** How main came to a commit that the harness made. */
  changeAt(commit: string): Promise<Change>;
  /** A file's text, or undefined when the commit has no such file. Throws FILE_TOO_LARGE above 1 MB. */
  readFile(commit: string, path: string): Promise<string | undefined>;
  /** The regular files of a commit or tree. */
  files(tree: string): Promise<TreeFiles>;
  /** The files that differ between two commits. */
  changedFiles(older: string, newer: string): Promise<readonly FileChange[]>;
  /** A unified diff for people; they are hostile bytes still. */
  diff(order: DiffOrder): Promise<string>;
  /** One commit on top of main; undefined when main is no longer `expectedHead`. */
  commitFiles(order: FilesCommit): Promise<string | undefined>;
  /** Takes the user's branch in; main follows it as long as it has nothing of its own. */
  receive(directory: string, branch?: string): Promise<Received>;

  /** The clone for an attempt: the one it had, unless `fresh`; whose work is then rescued first. */
  open(attemptId: string, options: OpenOptions): Promise<Workspace>;
  /** The clone an attempt still has; undefined when it is gone. */
  existing(attemptId: string): Promise<Workspace | undefined>;
  /** The commit that was taken over from an attempt; undefined before. */
  workOf(attemptId: string): Promise<string | undefined>;
  /** What `commitCommand` bundled, taken in under the attempt's reference. */
  importBundle(workspace: Workspace, fence: Fence): Promise<Import>;
  /** Makes every file of the work tree reachable; null when nothing differs from its base. */
  rescue(workspace: Workspace, order: RescueOrder): Promise<Rescue | null>;
  /**
   * Removes a clone. `proof` says where its work is reachable; null claims there is none, which is
   * looked into. Throws WORK_NOT_SAVED when the proof does not hold.
   */
  remove(workspace: Workspace, proof: Rescue | string | null): Promise<void>;

  /** A merge commit of `commit` with main as it is now, or with the merge it is to follow; main itself stays. */
  merge(commit: string, order: MergeOrder): Promise<Merge>;
  /** Exactly this tree in a new or empty folder: no repository, no conversion, nothing executed. */
  checkout(tree: string, directory: string): Promise<void>;
  /** Raises an attempt's fence; false when a larger number holds already. */
  setFence(fence: Fence): Promise<boolean>;
  /** Brings what a move of main needs to where main is; main itself stays. */
  carry(move: Omit<MainMove, 'fence'>): Promise<void>;
  /** Moves main by compare-and-swap, under the fence; false: main or the fence moved meanwhile. */
  moveMain(move: MainMove): Promise<boolean>;
  /** The commit by which the attempt came to main, should the record of it be missing. */
  mergedAs(attemptId: string): Promise<string | undefined>;
  /** Brings main into the user's repository, if that disturbs nothing there. */
  land(order: LandOrder): Promise<Landing>;

  listRescues(): Promise<readonly RescueRecord[]>;
  /** Writes a rescue's files into a new or empty folder. */
  restoreRescue(ref: string, directory: string): Promise<void>;
}

/** Opens a project's hub in the data folder `home`, creating it when it is not there. */
export async function openHub(order: {
  readonly home: string;
  readonly projectId: string;
  readonly git: Git;
}): Promise<Hub> {
  const stores = await openStores(order);
  return Object.freeze<Hub>({
    projectId: order.projectId,
    path: stores.hub,
    head: () => headOf(stores),
    treeOf: (commit) => treeOf(stores, commit),
    newestMove: () => newestMove(stores),
    changeAt: (commit) => changeAt(stores, commit),
    readFile: (commit, path) => fileAt(stores, commit, path),
    files: (tree) => filesOf(stores, tree),
    changedFiles: (older, newer) => changedFiles(stores, older, newer),
    diff: (what) => diffOf(stores, what),
    existing: (attemptId) => existingClone(stores, attemptId),
    workOf: (attemptId) => workOf(stores, attemptId),
    commitFiles: (files) => commitFiles(stores, files),
    receive: (directory, branch) => receive(stores, directory, branch),
    open: (attemptId, options) => openClone(stores, attemptId, options),
    importBundle: (workspace, fence) => importBundle(stores, workspace, fence),
    rescue: (workspace, how) => rescue(stores, workspace, how),
    remove: (workspace, proof) => removeClone(stores, workspace, proof),
    merge: (commit, how) => merge(stores, commit, how),
    checkout: (tree, directory) => checkout(stores, tree, directory),
    setFence: (fence) => setFence(stores, fence),
    carry: (move) => carry(stores, move),
    moveMain: (move) => moveMain(stores, move),
    mergedAs: (attemptId) => mergedAs(stores, attemptId),
    land: (landing) => land(stores, landing),
    listRescues: () => listRescues(stores),
    restoreRescue: (ref, directory) => restoreRescue(stores, ref, directory),
  });
}
