import { readFile } from 'node:fs/promises';
import { fileLine, namedBy, type ApprovalAnswer } from '../domain/approval.ts';
import { HarnessError, unreadableFor } from '../domain/errors.ts';
import type { Project } from '../domain/run.ts';
import { answerApproval } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withApp } from './context.ts';
import { findProject } from './find-project.ts';
import { person } from './person.ts';
import { refreshSnapshot } from './refresh-snapshot.ts';

interface StateOption {
  readonly state?: string;
}

/** Flags of `approve`. */
export interface EditOptions extends CommonOptions, StateOption {
  readonly edit?: string;
}

/** Flags of `reject`: the reason under either name. */
export interface RejectOptions extends CommonOptions, StateOption {
  readonly reason?: string;
  readonly feedback?: string;
}

/** Answers with yes, or with a better document. */
export async function approveAction(
  about: string | undefined,
  options: EditOptions,
): Promise<void> {
  const by = person();
  const answer: ApprovalAnswer =
    options.edit === undefined
      ? { kind: 'approved', by }
      : { kind: 'edited', by, text: await readEdit(options.edit) };
  await give(options, about ?? null, answer);
}

/** Answers with no. */
export async function rejectAction(about: string, options: RejectOptions): Promise<void> {
  const reason = (options.reason ?? options.feedback ?? '').trim();
  if (reason === '')
    throw new HarnessError('USAGE', 'A reason is needed (--reason TEXT): the agents read it', {
      exit: 2,
    });
  const by = person();
  await give(options, about, { kind: 'rejected', by, reason });
}

async function readEdit(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new HarnessError('EDIT_UNREADABLE', `Can't read ${path}: ${unreadableFor(error)}`, {
      exit: 2,
      cause: error,
    });
  }
}

async function give(
  options: CommonOptions & StateOption,
  about: string | null,
  answer: ApprovalAnswer,
): Promise<void> {
  const context = openContext(options);
  await withApp(context, async (app) => {
    const { project, run } = await findProject(app, context);
    const answering = {
      store: app.store,
      client: await app.client(),
      hubOf: (one: Project) => app.hubOf(one),
    };
    const state = options.state ?? null;
    const approval = await answerApproval(answering, { run, project, about, state, answer });
    const hosted = await app.hosted(run);
    await refreshSnapshot(app, project, run.id);
    const { phase, change } = approval;
    const subject = namedBy(approval);
    const files = change?.files ?? [];
    context.output.object({
      phase,
      item: change?.itemKey ?? null,
      answer: answer.kind,
      files,
      hosted,
    });
    for (const file of files) context.output.data(`  ${fileLine(file)}`);
    context.output.data(`${subject}: ${answer.kind}. ${hosted ? 'The run goes on.' : NOBODY}`);
  });
}

const NOBODY = 'No process hosts this run; `harness resume` goes on.';
