import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { namedBy, type Approval, type ApprovalAnswer } from '../domain/approval.ts';
import { HarnessError, hasCode } from '../domain/errors.ts';
import type { PhaseName } from '../domain/phase.ts';
import type { Project, Run } from '../domain/run.ts';
import { parseTasks } from '../phases/tasks-document.ts';
import type { Hub } from '../workspaces/hub.ts';
import type { RunStore } from '../work/run-store.ts';
import type { EngineClient } from './client.ts';
import { approvalTopic, pipelineId } from './names.ts';
import { documentOf, hashOf } from './asked-state.ts';

/** What may answer an approval from any process: the store, git, and a client that wakes the pipeline. */
export interface Answering {
  readonly store: RunStore;
  readonly client: EngineClient;
  readonly hubOf: (project: Project) => Promise<Hub>;
}

/** What a person answers, and what they had before their eyes. */
export interface AnswerOrder {
  readonly run: Run;
  readonly project: Project;
  /** A phase, the key of a work item or the question's id; null: whatever has waited longest. */
  readonly about: string | null;
  /** Beginning of the hash of what the person looked at; null: they did not say. */
  readonly state: string | null;
  readonly answer: ApprovalAnswer;
}

/**
 * Records a person's answer and wakes whoever hosts the run, in one transaction. Throws, each with
 * exit 2: `APPROVAL_NONE` when nothing waits, `APPROVAL_STALE` when what was asked about is not what
 * stands there now, `EDIT_REFUSED` for an edit of what is no document, `PLAN_INVALID` when an edited
 * plan can't be read.
 */
export async function answerApproval(answering: Answering, order: AnswerOrder): Promise<Approval> {
  const { store, client } = answering;
  const { run, answer } = order;
  const approval = chosen(await store.approvals.pending(run.id), order.about);
  if (order.state !== null && !approval.stateHash.startsWith(order.state))
    throw stale(`${namedBy(approval)} is asked about in the state ${short(approval)} by now`);
  refuseEdit(approval, answer);
  if (approval.change === null) await refuseChanged(answering, order, approval);
  await store.approvals.answer(approval.id, {
    answer,
    stateHash: approval.stateHash,
    also: (tx) =>
      client.sendInTransaction(
        tx,
        pipelineId(run),
        answer.kind,
        approvalTopic(approval.id),
        approval.id,
      ),
  });
  return approval;
}

/** The hash as people see and say it. */
function short({ stateHash }: Approval): string {
  return stateHash.slice(0, 12);
}

function chosen(pending: readonly Approval[], about: string | null): Approval {
  const [oldest] = pending;
  if (oldest === undefined) throw none('Nothing waits for an approval; see `harness why`');
  if (about === null) return oldest;
  const meant = pending.find(({ id }) => id === about);
  if (meant !== undefined) return meant;
  const named = pending.find((one) => namedBy(one) === about);
  const ofPhase = pending.find(({ phase }) => phase === about);
  const waiting = pending.map(namedBy).join(', ');
  return named ?? ofPhase ?? fail(none(`${about} does not wait for an approval, ${waiting} does`));
}

/**
 * A phase's document may have been changed since it was asked about: on main, then the question is
 * put anew; or in the person's folder, where an edit would be lost without a word.
 */
async function refuseChanged(
  { store, hubOf }: Answering,
  { project, answer }: AnswerOrder,
  approval: Approval,
): Promise<void> {
  const { id, phase, attempt } = approval;
  const path = documentOf(phase);
  const hub = await hubOf(project);
  const text = path === undefined ? undefined : await hub.readFile(await hub.head(), path);
  const now = hashOf(phase, attempt, text);
  if (now !== approval.stateHash) {
    await store.approvals.askAgain(id, now);
    throw stale(
      `${path ?? phase} was changed since it was asked about; look at it as it is now, then answer again`,
    );
  }
  if (answer.kind !== 'approved' || path === undefined) return;
  const file = join(project.directory, path);
  const theirs = await textAt(file);
  if (theirs !== undefined && plainLines(theirs) !== plainLines(text ?? ''))
    throw stale(
      `${file} is not the text that was asked about. If you changed it, \`harness approve ${phase} --edit ${path}\` takes it and \`git checkout -- ${path}\` gives it up; if it is an old one, \`harness land\` brings the new one`,
    );
}

/** A repository may write its files with the line ends of Windows. */
function plainLines(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

async function textAt(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].some((code) => hasCode(error, code))) return undefined;
    throw error;
  }
}

function refuseEdit({ phase, change }: Approval, answer: ApprovalAnswer): void {
  if (answer.kind !== 'edited') return;
  if (change !== null || documentOf(phase) === undefined)
    throw new HarnessError(
      'EDIT_REFUSED',
      'There is no document to replace here; approve it as it is, or reject it with a reason',
      { exit: 2 },
    );
  if (answer.text.trim() === '')
    throw new HarnessError(
      'EDIT_EMPTY',
      `The text for ${documentOf(phase) ?? phase} is empty, and the phases after it build on it; give a text, or reject it with a reason`,
      { exit: 2 },
    );
  refuseBrokenPlan(phase, answer.text);
}

function refuseBrokenPlan(phase: PhaseName, text: string): void {
  const read = phase === 'task_breakdown' ? parseTasks(text) : undefined;
  if (read === undefined || read.ok) return;
  throw new HarnessError(
    'PLAN_INVALID',
    `The edited plan can't be used: ${read.faults.join(' ')}`,
    { exit: 2 },
  );
}

function none(message: string): HarnessError {
  return new HarnessError('APPROVAL_NONE', message, { exit: 2 });
}

function stale(message: string): HarnessError {
  return new HarnessError('APPROVAL_STALE', message, { exit: 2 });
}

function fail(error: HarnessError): never {
  throw error;
}
