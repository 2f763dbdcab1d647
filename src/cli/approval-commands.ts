import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { Argument, type Command } from 'commander';
import type { ApprovalAnswer } from '../domain/approval.ts';
import { HarnessError, messageOf } from '../domain/errors.ts';
import { PHASES, type PhaseName } from '../domain/phase.ts';
import { answerApproval } from '../app.ts';
import { openContext, withApp, type CommonOptions } from './context.ts';
import { findProject } from './find-project.ts';

export function addApprovalCommands(program: Command): void {
  program
    .command('approve')
    .description('answer an approval with yes')
    .addArgument(new Argument('[phase]', 'the phase that waits').choices([...PHASES]))
    .option('--edit <file>', 'replace the document with this file')
    .action(async (phase: PhaseName | undefined, options: CommonOptions & { edit?: string }) => {
      const by = userInfo().username;
      const answer: ApprovalAnswer =
        options.edit === undefined
          ? { kind: 'approved', by }
          : { kind: 'edited', by, text: await readEdit(options.edit) };
      await give(options, phase ?? null, answer);
    });
  program
    .command('reject')
    .description('answer an approval with no: the phase runs again with the reason')
    .addArgument(new Argument('<phase>', 'the phase that waits').choices([...PHASES]))
    .requiredOption('--reason <text>', 'what must become different')
    .action(async (phase: PhaseName, options: CommonOptions & { reason: string }) => {
      if (options.reason.trim() === '')
        throw new HarnessError('USAGE', 'A reason is needed: the agents read it', { exit: 2 });
      await give(options, phase, {
        kind: 'rejected',
        by: userInfo().username,
        reason: options.reason,
      });
    });
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
    const { run } = await findProject(app, context);
    const operating = { store: app.store, client: await app.client() };
    const approval = await answerApproval(operating, run, { phase, answer });
    const workers = await app.store.workers.live();
    const hosted = workers.some((worker) => worker.label === run.settings.label);
    context.output.object({ phase: approval.phase, answer: answer.kind, hosted });
    context.output.data(
      `${approval.phase}: ${answer.kind}.${hosted ? '' : ' No process hosts this run; `harness resume` goes on.'}`,
    );
  });
}
