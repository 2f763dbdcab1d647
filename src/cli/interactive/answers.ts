import { basename } from 'node:path';
import { namedBy, type Approval, type ApprovalAnswer } from '../../domain/approval.ts';
import type { Project, Run } from '../../domain/run.ts';
import { answerApproval, readAsked } from '../../app.ts';
import { person } from '../person.ts';
import { refreshSnapshot } from '../refresh-snapshot.ts';
import { safeLines } from './cells.ts';
import { FIRST_PAGE, shortLines } from './pager.ts';
import type { Terminal } from './terminal.ts';

/** Opens a text in the person's editor; undefined when it came back as it was, or empty. */
export type EditText = (name: string, text: string) => Promise<string | undefined>;

interface Open {
  readonly project: Project;
  readonly run: Run;
  readonly approval: Approval;
}

/** The question of this name, or the one that has waited longest; says so when there is none. */
async function openQuestion(terminal: Terminal, about: string): Promise<Open | undefined> {
  const current = await terminal.current();
  const open =
    current === undefined ? [] : await terminal.app.store.approvals.pending(current.run.id);
  const approval = about === '' ? open[0] : open.find((one) => namedBy(one) === about);
  if (current !== undefined && approval !== undefined) return { ...current, approval };
  const waiting = open.map(namedBy).join(', ');
  terminal.say(
    'told',
    open.length === 0
      ? 'nothing waits for your answer'
      : `${about} does not wait for an answer, ${waiting} does`,
  );
  return undefined;
}

/** Shows what a question is about, to be read and answered. */
export async function view(terminal: Terminal, about: string): Promise<void> {
  const open = await openQuestion(terminal, about);
  if (open === undefined) return;
  const { approval, project } = open;
  const { path, text } = await readAsked(terminal.app, project, approval);
  terminal.screen.dispatch({
    type: 'pager',
    pager: {
      title: path === null ? approval.question : `${namedBy(approval)}: ${path}`,
      lines: shortLines(safeLines(text.trimEnd())),
      top: FIRST_PAGE,
      question: { about: namedBy(approval), state: approval.stateHash, editable: path !== null },
    },
  });
}

/** Answers with yes. `state`: what the person looked at; empty: they did not look. */
export async function approve(terminal: Terminal, about: string, state = ''): Promise<void> {
  const open = await openQuestion(terminal, about);
  if (open !== undefined)
    await give(terminal, open, { state, answer: { kind: 'approved', by: person() } });
}

/** Answers with no; the agents read the reason. */
export async function reject(
  terminal: Terminal,
  {
    about,
    state = '',
    reason,
  }: { readonly about: string; readonly state?: string; readonly reason: string },
): Promise<void> {
  const open = await openQuestion(terminal, about);
  if (open !== undefined)
    await give(terminal, open, { state, answer: { kind: 'rejected', by: person(), reason } });
}

/** Lets the person change the document, which then is approved as they left it. */
export async function editAsked(terminal: Terminal, about: string, edit: EditText): Promise<void> {
  const open = await openQuestion(terminal, about);
  if (open === undefined) return;
  const { approval, project } = open;
  const { path, text } = await readAsked(terminal.app, project, approval);
  if (path === null)
    return terminal.say(
      'told',
      'there is no document to change here; approve it, or reject it with a reason',
    );
  const edited = await edit(basename(path), text);
  if (edited === undefined)
    return terminal.say('told', 'nothing was changed, and nothing answered');
  const answer: ApprovalAnswer = { kind: 'edited', by: person(), text: edited };
  await give(terminal, open, { state: approval.stateHash, answer });
}

/** `/reject [NAME] REASON`: a first word that names a question is its name. */
export function splitRejection(
  rest: string,
  names: readonly string[],
): { readonly about: string; readonly reason: string } {
  const [, first = '', reason = ''] = /^(\S+)\s*([^]*)$/u.exec(rest) ?? [];
  return names.includes(first) ? { about: first, reason } : { about: '', reason: rest };
}

async function give(
  terminal: Terminal,
  { project, run, approval }: Open,
  { state, answer }: { readonly state: string; readonly answer: ApprovalAnswer },
): Promise<void> {
  const { app } = terminal;
  const answering = {
    store: app.store,
    client: await app.client(),
    hubOf: (one: Project) => app.hubOf(one),
  };
  const about = namedBy(approval);
  await answerApproval(answering, {
    run,
    project,
    about,
    state: state === '' ? null : state,
    answer,
  });
  await refreshSnapshot(app, project, run.id);
  if (await app.hosted(run)) return;
  // Nobody would hear the answer: what the person wants is that it goes on.
  await terminal.resume(() => project);
}
