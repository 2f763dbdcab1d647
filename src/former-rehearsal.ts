import { lstat, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HarnessError, hasCode } from './domain/errors.ts';
import { ENDED, type Project } from './domain/run.ts';
import { readHostIdentity } from './engine/host-identity.ts';
import { giveUpRun } from './engine/operations.ts';
import { newId, type App } from './open-app.ts';
import { isAncestor } from './workspaces/receive.ts';
import { OWN_FILES } from './workspaces/ensure-repository.ts';
import type { Git } from './workspaces/git.ts';
import { inspectRepository, type UserRepository } from './workspaces/repository.ts';

/** Marks a folder that a rehearsal made, and may replace. */
const REHEARSAL_MARK = join('.harness', 'rehearsal.json');

const MARK_TEXT = '{"rehearsal":true}\n';

/** Says of a project's folder whether a rehearsal made it, so that the next one may take its place. */
export async function markFolder(directory: string, rehearsal: boolean): Promise<void> {
  const mark = join(directory, REHEARSAL_MARK);
  await rm(mark, { force: true });
  if (rehearsal) await writeFile(mark, MARK_TEXT, { flag: 'wx' });
}

/**
 * A repository may come with a symlink where the harness keeps what is its own, and have it written
 * to wherever that leads. Throws OWN_FOLDER_REPLACED (exit 2).
 */
export async function refuseForeignFolder(directory: string): Promise<void> {
  for (const name of ['.harness', join('.harness', 'transcripts'), join('.harness', 'evidence')]) {
    const path = join(directory, name);
    const stats = await lstat(path).catch(unlessMissing);
    if (stats === undefined) continue;
    if (!stats.isDirectory())
      throw new HarnessError(
        'OWN_FOLDER_REPLACED',
        `${path} is no folder: the harness keeps transcripts there and follows no link; move it away, then try again`,
        { exit: 2 },
      );
  }
}

function unlessEmpty(error: unknown): undefined {
  if (hasCode(error, 'HUB_EMPTY')) return undefined;
  throw error;
}

function unlessMissing(error: unknown): undefined {
  if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
  throw error;
}

/**
 * A second rehearsal starts over, but only in a folder that a rehearsal made. What the harness knows
 * of the first one stays listed. Throws `RUN_ACTIVE` (exit 2) while a process still carries it out.
 */
export async function startOver(
  app: App,
  { directory, notice }: { readonly directory: string; readonly notice: (line: string) => void },
): Promise<void> {
  const mark = await readIfThere(join(directory, REHEARSAL_MARK));
  const there = await readIfThere(join(directory, '.git', 'HEAD'));
  if (there !== undefined && mark === undefined) return;
  const known = await app.store.projects.byDirectory(await realOf(directory));
  if (known !== undefined) await giveUpRuns(app, known);
  const aside = mark === undefined ? undefined : await clearAway(app, directory, known);
  if (aside !== undefined)
    notice(`The former rehearsal holds more than that rehearsal made: it is kept as ${aside}`);
  if (known !== undefined) await app.store.projects.retire(known.id);
}

/**
 * Only what the harness could make again is removed. What a person changed or committed there, and what a real
 * run built in its place, is kept beside, under another name.
 */
async function clearAway(
  app: App,
  directory: string,
  known: Project | undefined,
): Promise<string | undefined> {
  if (known !== undefined && (await holdsRehearsalOnly(app, directory, known))) {
    await rm(directory, { recursive: true, force: true });
    return undefined;
  }
  const aside = `${directory}.kept-${newId().slice(0, 8)}`;
  await rename(directory, aside);
  return aside;
}

/** Nothing uncommitted, one branch, and on it nothing but what a rehearsal brought there. */
async function holdsRehearsalOnly(app: App, directory: string, known: Project): Promise<boolean> {
  const git = await app.git();
  const found = await inspectRepository(git, directory);
  if (found.kind !== 'repository' || found.dirty || found.head === null) return false;
  if (!(await rehearsedLast(app, known))) return false;
  const { gitDir, head, branch } = found;
  const refs = await git.read({ gitDir, args: ['for-each-ref', '--format=%(refname)'] });
  if (refs !== `refs/heads/${branch ?? ''}` || (await hidesFiles(git, found))) return false;
  const hub = await app.hubOf(known);
  const made = (await hub.newestMove()) ?? (await hub.head().catch(unlessEmpty));
  return made !== undefined && isAncestor(git, hub.path, [head, made]);
}

async function rehearsedLast(app: App, { id }: Project): Promise<boolean> {
  const run = await app.store.runs.latest(id);
  return run === undefined || run.settings.label === 'rehearsal';
}

/** What git ignores may be a person's only copy: a `.env`, data of the application. */
async function hidesFiles(git: Git, { gitDir, directory }: UserRepository): Promise<boolean> {
  const args = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'];
  const ignored = (await git.read({ gitDir, workTree: directory, args })).split('\0');
  return ignored.some((path) => path !== '' && !REPLACEABLE.has(path.replace(/\/$/u, '')));
}

/** Ours, or made again by whoever installs. */
const REPLACEABLE = new Set([...OWN_FILES, 'node_modules'].map((name) => name.replace(/\/$/u, '')));

/**
 * Scripted commits are no part of anybody's work. Throws `REHEARSAL_ELSEWHERE` (exit 2) for a repository with
 * commits that no rehearsal made.
 */
export async function refuseToRehearseIn({ directory }: UserRepository): Promise<void> {
  if ((await readIfThere(join(directory, REHEARSAL_MARK))) !== undefined) return;
  throw new HarnessError(
    'REHEARSAL_ELSEWHERE',
    `${directory} is a repository with commits, and a rehearsal plays a script whose commits would land on its branch; rehearse in a new folder (--project-dir, without --existing), or leave --rehearse out`,
    { exit: 2 },
  );
}

async function giveUpRuns(app: App, project: Project): Promise<void> {
  const run = await app.store.runs.latest(project.id);
  if (run === undefined || ENDED.includes(run.status)) return;
  const workers = await app.store.workers.live();
  const gone = await (await readHostIdentity(newId)).deadHere(workers);
  const hosted = workers.some((one) => one.label === 'rehearsal' && !gone.includes(one.executorId));
  if (hosted)
    throw new HarnessError(
      'RUN_ACTIVE',
      `A rehearsal is ${run.status} in ${project.directory}; end it with \`harness stop\` first`,
      { exit: 2 },
    );
  const operating = { store: app.store, client: await app.client() };
  await giveUpRun(operating, run, 'another rehearsal took its place');
}

/** A folder's own path, though it may not exist yet. */
export async function realOf(directory: string): Promise<string> {
  const parent = await realpath(dirname(directory)).catch(() => dirname(directory));
  return join(parent, basename(directory));
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(unlessMissing);
}
