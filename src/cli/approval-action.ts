import { readFile } from 'node:fs/promises';
import type { ApprovalAnswer } from '../domain/approval.ts';
import { HarnessError, messageOf } from '../domain/errors.ts';
import type { PhaseName } from '../domain/phase.ts';
import { answerApproval } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withApp } from './context.ts';
import { findProject } from './find-project.ts';
import { person } from './person.ts';
import { refreshSnapshot } from './refresh-snapshot.ts';

/** Flags of `approve`. */
export interface EditOptions extends CommonOptions {
  readonly edit?: string;
}

/** Flags of `reject`. */
export interface RejectOptions extends CommonOptions {
  readonly reason: string;
}

/** Answers with yes, or with a better document. */
export async function approveAction(
  phase: PhaseName | undefined,
  options: EditOptions,
): Promise<void> {
  const by = person();
  const answer: ApprovalAnswer =
    options.edit === undefined
      ? { kind: 'approved', by }
      : { kind: 'edited', by, text: await readEdit(options.edit) };
  await give(options, phase ?? null, answer);
}

/** Answers with no. */
export async function rejectAction(phase: PhaseName, options: RejectOptions): Promise<void> {
  if (options.reason.trim() === '')
    throw new HarnessError('USAGE', 'A reason is needed: the agents read it', { exit: 2 });
  const by = person();
  await give(options, phase, { kind: 'rejected', by, reason: options.reason });
}

async function readEdit(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new HarnessError('EDIT_UNREADABLE', `Can't read ${path}: ${messageOf(error)}`, {
      exit: 2,
      cause: error,
    });
  }
}

async function give(
  options: CommonOptions,
  phase: PhaseName | null,
  answer: ApprovalAnswer,
): Promise<void> {
  const context = openContext(options);
  await withApp(context, async (app) => {
    const { project, run } = await findProject(app, context);
    const operating = { store: app.store, client: await app.client() };
    const approval = await answerApproval(operating, run, { phase, answer });
    const hosted = await app.hosted(run);
    await refreshSnapshot(app, project, run.id);
    context.output.object({ phase: approval.phase, answer: answer.kind, hosted });
    context.output.data(
      `${approval.phase}: ${answer.kind}. ${hosted ? 'The run goes on.' : NOBODY}`,
    );
  });
}

const NOBODY = 'No process hosts this run; `harness resume` goes on.';
