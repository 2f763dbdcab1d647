import { createHash } from 'node:crypto';
import type { Approval, ProtectedFile } from '../../domain/approval.ts';
import { HarnessError, hasCode } from '../../domain/errors.ts';
import { stripControls } from '../../safety/strip-controls.ts';
import type { FileChange } from '../../workspaces/attempt-work.ts';
import type { Merge } from '../../workspaces/workspace.ts';
import type { ChangeQuestion } from '../../work/run-store.ts';
import { changeId } from '../names.ts';
import { agreedCommands } from './agreed-commands.ts';
import { changedScripts, changedSettings, takesPlace } from './agreed-scripts.ts';
import { isNamedJudge } from './agreed-tests.ts';
import type { Begun, WorkshopDeps } from './deps.ts';
import { judges, type AgreedCommands } from './judges.ts';
import { protectionOf } from './protected-paths.ts';

/** What a person says, or has still to say, about a merge. */
export type Leave =
  /** It touches nothing of the judge's, or exactly this was allowed. */
  | { readonly kind: 'free' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'ask'; readonly question: ChangeQuestion };

interface Proposal {
  /** The agent's work as it was handed in. */
  readonly commit: string;
  readonly merge: Pick<Extract<Merge, { kind: 'clean' }>, 'base' | 'commit'>;
}

/**
 * Whether the merge may go to the gate (I4). A change of the judge's files is found by hash, and an
 * answer counts for exactly that change of that work item, however often it is merged anew.
 */
export async function leaveFor(
  deps: WorkshopDeps,
  begun: Begun,
  proposal: Proposal,
): Promise<Leave> {
  const found = await protectedIn(deps, begun, proposal.merge);
  if (found.length === 0) return { kind: 'free' };
  const stateHash = hashOf(found.map(({ change }) => change));
  const files = found.map(({ file }) => file);
  const { attempt, run } = begun;
  const asked = await deps.store.approvals.changes(run.id, attempt);
  const answer = asked.findLast((one) => one.stateHash === stateHash && one.answer)?.answer;
  if (answer?.kind === 'approved') return { kind: 'free' };
  if (answer?.kind === 'rejected') return refused(files, answer.reason);
  return { kind: 'ask', question: await question(deps, begun, { ...proposal, files, stateHash }) };
}

interface Found {
  readonly change: FileChange;
  readonly file: ProtectedFile;
}

async function protectedIn(
  deps: WorkshopDeps,
  begun: Begun,
  merge: Proposal['merge'],
): Promise<readonly Found[]> {
  const changes = await begun.hub.changedFiles(merge.base, merge.commit);
  const commands = await agreedCommands(deps, begun, merge.base);
  const found: Found[] = [];
  for (const change of changes) {
    const file =
      protectionOf(change, deps.protectedPaths) ??
      judge(change, commands) ??
      (await agreedScript(begun, change, { merge, commands }));
    if (file !== undefined) found.push({ change, file });
  }
  return found;
}

function judge({ path, deed }: FileChange, commands: AgreedCommands): ProtectedFile | undefined {
  if (judges(path, deed, commands)) return { path, deed, because: 'judges the project' };
  if (deed === 'adds' || !isNamedJudge(path, commands.all)) return undefined;
  return { path, deed, because: 'agreed checks run it' };
}

async function agreedScript(
  { hub }: Begun,
  { path, deed }: FileChange,
  { merge, commands }: { readonly merge: Proposal['merge']; readonly commands: AgreedCommands },
): Promise<ProtectedFile | undefined> {
  if (!/(^|\/)package\.json$/.test(path)) return undefined;
  if (deed === 'adds')
    return takesPlace(path, commands.passed)
      ? { path, deed, because: 'agreed checks would run its scripts' }
      : undefined;
  const [before, after] = await Promise.all(
    [merge.base, merge.commit].map((commit) => textOf(hub, commit, path)),
  );
  if (before === undefined) return { path, deed, because: 'it is too large to be looked into' };
  const settings = changedSettings({ before, after });
  if (settings.length > 0) return { path, deed, because: `judges with its ${settings.join(', ')}` };
  const names = changedScripts({ before, after }, commands);
  if (names.length === 0) return undefined;
  return { path, deed, because: `agreed checks run its scripts ${names.join(', ')}` };
}

/** Undefined: there is no such file, or one of megabytes, which is nobody's honest work. */
async function textOf(
  hub: Begun['hub'],
  commit: string,
  path: string,
): Promise<string | undefined> {
  try {
    return await hub.readFile(commit, path);
  } catch (error) {
    if (error instanceof HarnessError && hasCode(error, 'FILE_TOO_LARGE')) return undefined;
    throw error;
  }
}

function hashOf(changes: readonly FileChange[]): string {
  const lines = changes.map(({ identity }) => identity).toSorted();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

interface Asking extends Proposal {
  readonly files: readonly ProtectedFile[];
  readonly stateHash: string;
}

async function question(
  deps: WorkshopDeps,
  { attempt, run, hub }: Begun,
  { commit, merge, files, stateHash }: Asking,
): Promise<ChangeQuestion> {
  const { base: older, commit: newer } = merge;
  const diff = await hub.diff({ older, newer, paths: files.map(({ path }) => path) });
  const { role, itemKey } = attempt;
  const shown = files.map((file) => ({ ...file, path: onOneLine(file.path) }));
  return {
    id: changeId(run.id, attempt),
    stateHash,
    question: `May ${itemKey ?? role} change ${listed(shown)}?`,
    change: { role, itemKey, commit, files: shown, diff: deps.redact(stripControls(diff)) },
  };
}

/** A path is an agent's text too. */
function onOneLine(path: string): string {
  return stripControls(path).replaceAll(/\s/g, ' ');
}

/** More paths than a sentence should name. */
const MOST_NAMED = 5;

function listed(files: readonly ProtectedFile[]): string {
  const named = files.slice(0, MOST_NAMED).map(({ path, because }) => `${path} (${because})`);
  const more = files.length - named.length;
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
}

function refused(files: readonly ProtectedFile[], why: string): Leave {
  const paths = files.map(({ path }) => onOneLine(path)).join(', ');
  const reason = `A person refused this very change of ${paths}: ${why} Do the work without it, or otherwise.`;
  return { kind: 'refused', reason };
}

/**
 * The work that a person allowed and that waits to be proved: no session is needed for it. Undefined
 * when nothing was allowed, or an attempt since then has failed with it.
 */
export async function allowedWork(
  { store }: Pick<WorkshopDeps, 'store'>,
  { attempt, run }: Pick<Begun, 'attempt' | 'run'>,
): Promise<string | undefined> {
  const newest: Approval | undefined = (await store.approvals.changes(run.id, attempt)).at(-1);
  if (newest?.answer?.kind !== 'approved') return undefined;
  const { phase, itemKey } = attempt;
  const filter = itemKey === null ? { phase } : { itemKey };
  const since = (await store.attempts.list(run.id, filter)).filter(
    (one) => one.role === attempt.role && one.number > newest.attempt && one.id !== attempt.id,
  );
  const untouched = since.every(
    ({ end }) => end?.status === 'aborted' || end?.status === 'limited',
  );
  return untouched ? newest.change?.commit : undefined;
}
