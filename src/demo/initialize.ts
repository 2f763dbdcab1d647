import type { DemoSettings } from '../domain/demo.ts';
import { endOfFailed, type PhaseContext, type PhaseEnd } from '../phases/phase.ts';
import { readBoard, type ReadBoard } from './board.ts';
import { PROJECT_FILE, projectFile, SETTINGS_FILE, SPEC_FILE } from './project-files.ts';

/**
 * Demo mode's first session: the initializer reads the specification, makes the tracker's project and
 * its issues, and a scaffold. Then the harness looks at what is there, makes work items of it and
 * writes down where it is; what is wrong goes back to the initializer.
 */
export async function initializeDemo(context: PhaseContext, demo: DemoSettings): Promise<PhaseEnd> {
  await context.step('spec', () => provideSpec(context));
  const [end] = await context.sessions(['initializer']);
  if (end?.status !== 'succeeded') return endOfFailed(end ? [end] : []);
  return context.step('take_in', (signal) => takeIn(context, demo, signal));
}

/** A person's own file wins: it came with the folder. */
async function provideSpec({ project, run }: PhaseContext): Promise<void> {
  if ((await project.document(SPEC_FILE)) !== undefined) return;
  await project.writeDocuments([{ path: SPEC_FILE, text: `${run.idea}\n` }], `Add ${SPEC_FILE}`);
}

async function takeIn(
  context: PhaseContext,
  demo: DemoSettings,
  signal: AbortSignal,
): Promise<PhaseEnd> {
  const { project } = context;
  const board = await project.demo.board();
  if (board === undefined)
    return failed('No project was made in the tracker: save one, then its issues.');
  const answer = readBoard(board, demo.issues);
  if (!answer.ok) return failed(answer.faults.join(' '));
  const red = await redCheck(context, answer.board, signal);
  if (signal.aborted) return { status: 'aborted', reason: 'stopped by request' };
  if (red !== undefined) return failed(red);
  const { metaKey, drafts, projectCheck } = answer.board;
  const made = { ...board.project, metaKey };
  await project.setProjectCheck(projectCheck);
  await project.demo.adopt({ project: made, items: drafts });
  const facts = { issues: drafts.length, at: context.run.createdAt, tracker: demo.tracker };
  await project.writeDocuments(
    [projectFile(made, facts), project.demo.settingsFile()],
    `Write ${PROJECT_FILE} and ${SETTINGS_FILE}`,
  );
  const text = `Session 1: initializer\n\n- Result: ${drafts.length} issues, the scaffold and init.sh are there\n- Next: the highest priority first`;
  await project.demo.comment(metaKey, { id: `${context.run.id}:initialized`, text });
  return { status: 'completed', outputs: ['init.sh', PROJECT_FILE, `${drafts.length} issues`] };
}

/** The command that proves the whole project has to pass on the scaffold: every gate runs it. */
async function redCheck(
  { project }: PhaseContext,
  { projectCheck }: ReadBoard,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { extraFailed, report } = await project.regression([projectCheck], signal);
  return extraFailed.length === 0
    ? undefined
    : `The command of the whole project does not pass on the scaffold yet: ${report}`;
}

function failed(reason: string): PhaseEnd {
  return { status: 'failed', reason };
}
