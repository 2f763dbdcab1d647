import { questionName } from '../../domain/live-run.ts';
import { HarnessError } from '../../domain/errors.ts';
import type { Project } from '../../domain/run.ts';
import { readSnapshot } from '../../app.ts';
import { billLines, readBill } from '../cost-action.ts';
import { itemLines, itemRow } from '../items-action.ts';
import { projectRow, projectRows } from '../projects-action.ts';
import { statusLines } from '../status-lines.ts';
import { table } from '../table.ts';
import { unknownItem, whyNow } from '../why-action.ts';
import { approve, editAsked, reject, splitRejection, view, type EditText } from './answers.ts';
import type { SlashName } from './slash.ts';
import { helpLines } from './slash.ts';
import type { Terminal } from './terminal.ts';

/** What commands need beyond what stands behind the prompt. */
export interface Hands {
  readonly edit: EditText;
  readonly leave: (exit: number) => void;
  readonly abandon: () => void;
  readonly redraw: () => void;
}

type Run = (terminal: Terminal, rest: string, hands: Hands) => Promise<void> | void;

const RUN: Readonly<Record<SlashName, Run>> = {
  new: begin,
  resume: resumeNamed,
  stop: (terminal, how) => terminal.stop(how === '--now' ? 'stop_now' : 'stop'),
  status: (terminal) => withCurrent(terminal, tellStatus),
  agents: tellAgents,
  items: (terminal, key) => withCurrent(terminal, (found) => tellItems(terminal, found, key)),
  view: (terminal, about) => view(terminal, about),
  approve: (terminal, about) => approve(terminal, about),
  edit: (terminal, about, { edit }) => editAsked(terminal, about, edit),
  reject: rejectTyped,
  why: (terminal, key) => withCurrent(terminal, (found) => tellWhy(terminal, found, key)),
  cost: (terminal) => withCurrent(terminal, tellCost),
  logs: watchAgent,
  projects: tellAll,
  clear: ({ screen }) => screen.dispatch({ type: 'clear' }),
  help: (terminal) => tell(terminal, helpLines()),
  quit: (_terminal, _rest, { leave }) => leave(0),
  exit: (_terminal, _rest, { leave }) => leave(0),
};

/** Carries out a command of the prompt. */
export async function runCommand(
  terminal: Terminal,
  { name, rest }: { readonly name: SlashName; readonly rest: string },
  hands: Hands,
): Promise<void> {
  await RUN[name](terminal, rest, hands);
}

type Found = NonNullable<Awaited<ReturnType<Terminal['current']>>>;

function tell(terminal: Terminal, lines: readonly string[]): void {
  for (const line of lines) terminal.say('told', line);
}

async function withCurrent(
  terminal: Terminal,
  body: (found: Found, terminal: Terminal) => Promise<void>,
): Promise<void> {
  const found = await terminal.current();
  if (found === undefined) terminal.say('told', 'no project yet: type what shall be built');
  else await body(found, terminal);
}

/** Leaves the current project as it is, its run stopped, and builds the idea or asks for one. */
async function begin(terminal: Terminal, idea: string): Promise<void> {
  if (idea !== '') return terminal.start(idea);
  const before = terminal.screen.screen().project;
  await terminal.settle();
  terminal.screen.dispatch({ type: 'detached' });
  const kept =
    before === null ? '' : `${before.name} is kept: /resume ${before.name} goes on with it. `;
  terminal.say('told', `${kept}What shall be built?`);
}

function resumeNamed(terminal: Terminal, name: string): Promise<void> {
  return terminal.resume(() => projectToResume(terminal, name));
}

/** Undefined, and said: there is nothing to go on with. */
async function projectToResume(terminal: Terminal, name: string): Promise<Project | undefined> {
  const shown = terminal.screen.screen().project;
  const project = name === '' ? shown : await projectNamed(terminal, name);
  const atWork =
    terminal.screen.screen().activity === 'hosting' && project !== null && project.id === shown?.id;
  if (project !== null && !atWork) return project;
  terminal.say(
    'told',
    project === null ? 'no project yet: type what shall be built' : `${project.name} is at work`,
  );
  return undefined;
}

/** By name, folder or beginning of the id; the newest of that name. Throws `PROJECT_UNKNOWN` (exit 2). */
async function projectNamed({ app }: Terminal, name: string): Promise<Project> {
  const projects = await app.store.projects.list();
  const found = projects.findLast(
    (one) => one.name === name || one.directory === name || one.id.startsWith(name),
  );
  if (found !== undefined) return found;
  throw new HarnessError(
    'PROJECT_UNKNOWN',
    `There is no project ${name}; \`/projects\` lists them`,
    {
      exit: 2,
    },
  );
}

async function tellStatus({ project, run }: Found, terminal: Terminal): Promise<void> {
  const { store } = terminal.app;
  const hosted = await terminal.app.hosted(run);
  const now = new Date().toISOString();
  tell(terminal, statusLines(await readSnapshot(store, project, { run, hosted, now })));
}

function tellAgents(terminal: Terminal): void {
  const { agents } = terminal.screen.screen().live;
  if (agents.length === 0) return terminal.say('told', 'nobody is at work');
  tell(
    terminal,
    table(
      agents.map(({ item, role, model, doing, proving }) => [
        item ?? role,
        model,
        proving ? 'its work is being proved' : (doing?.text ?? 'begins'),
      ]),
    ),
  );
}

async function tellItems(terminal: Terminal, { run }: Found, key: string): Promise<void> {
  const items = await terminal.app.store.items.ofRun(run.id);
  if (items.length === 0)
    return terminal.say('told', 'no work items yet: task_breakdown makes them');
  if (key === '') return tell(terminal, table(items.map(itemRow)));
  tell(terminal, itemLines(items.find((one) => one.key === key) ?? unknownItem(key)));
}

async function tellWhy(terminal: Terminal, found: Found, key: string): Promise<void> {
  const why = await whyNow(terminal.app, found, key === '' ? undefined : key);
  tell(terminal, [why.cause, `Next: ${why.action}`]);
}

async function tellCost(found: Found, terminal: Terminal): Promise<void> {
  tell(terminal, billLines(await readBill(terminal.app, found, 'phase')));
}

async function tellAll(terminal: Terminal): Promise<void> {
  const rows = await projectRows(terminal.app.store, false);
  if (rows.length === 0) terminal.say('told', 'no projects yet: type what shall be built');
  tell(terminal, table(rows.map(projectRow)));
}

async function rejectTyped(terminal: Terminal, rest: string): Promise<void> {
  const { questions } = terminal.screen.screen().live;
  const { about, reason } = splitRejection(rest, questions.map(questionName));
  if (reason !== '') return reject(terminal, { about, reason });
  terminal.screen.dispatch({ type: 'asks', asks: { kind: 'reason', about, state: '' } });
}

/** Shows what the agent of an item, of a role or of a session says and does. */
function watchAgent(terminal: Terminal, name: string): void {
  const { agents } = terminal.screen.screen().live;
  const found = agents.find(
    ({ item, role, session }) =>
      name === '' || item === name || role === name || session.startsWith(name),
  );
  if (found !== undefined) terminal.screen.dispatch({ type: 'watched', session: found.session });
  else
    terminal.say(
      'told',
      `${name === '' ? 'nobody' : `nobody of ${name}`} is at work; \`harness logs\` in a shell has all that was said before`,
    );
}
