import type { ItemDraft } from '../domain/work-item.ts';
import type { Ask } from './ask.ts';
import {
  answer,
  say,
  type Action,
  type PlanAnswer,
  type Scenario,
  type Script,
  type Step,
} from './script.ts';

/** What the model does with one request. A `once` fault is met by the first such request only. */
export type Move =
  | { readonly kind: 'answer'; readonly actions: readonly Action[]; readonly once: Once | null }
  /** Commands that repair what a tool refused, in place of the next step. */
  | { readonly kind: 'mend'; readonly actions: readonly Action[] }
  | { readonly kind: 'silent' };

export type Once = 'overloaded' | 'dropped';

/**
 * Decides from the request alone what to answer, so that repeated, resumed and retried requests get
 * the same: nothing is counted. Who is not in the scenario gets a short text.
 */
export function play(scenario: Scenario, ask: Ask): Move {
  if (ask.prompt.startsWith('CRITICAL: Respond with TEXT ONLY')) return simply(COMPACTED);
  const refused = refusedWrites(ask);
  if (refused.length > 0) return { kind: 'mend', actions: refused };
  const attempts = scriptOf(scenario, ask)?.attempts ?? [];
  const attempt = attempts[Math.min(ask.attempt, attempts.length) - 1];
  if (!attempt) return simply(`There is nothing in the scenario for ${ask.phase}/${ask.role}.`);
  const step = attempt.steps[ask.step];
  return step ? moveOf(step, ask) : simply('Done.');
}

const COMPACTED =
  '<analysis>The work goes on from the files.</analysis><summary>See the files.</summary>';

function simply(text: string): Move {
  return { kind: 'answer', actions: [say(text)], once: null };
}

function scriptOf(scenario: Scenario, ask: Ask): Script | undefined {
  if (ask.item !== '')
    return scenario.items.find((item) => item.key === ask.item) ?? scenario.named?.(ask);
  const name = `${ask.phase}/${ask.role}`;
  return (
    scenario.roles[name] ?? (name === 'task_breakdown/planner' ? planner(scenario) : undefined)
  );
}

/** The first answer is spoiled if the scenario says so; any later one is right. */
function planner(scenario: Scenario): Script {
  const plan = planOf(scenario);
  const spoiled = scenario.plan.spoil?.(plan) ?? plan;
  const step = (ask: Ask): Step => answer(ask.outputs === 0 && ask.attempt === 1 ? spoiled : plan);
  return { attempts: [{ steps: [step] }] };
}

/** The right plan of a scenario, as the planner answers it. */
export function planOf(scenario: Scenario): PlanAnswer {
  const { summary, projectCheck } = scenario.plan;
  const items = scenario.items.map(
    ({ key, title, description, priority, dependencies, checks }): ItemDraft => ({
      key,
      title,
      description,
      priority,
      dependencies,
      checks,
    }),
  );
  return { summary, project_check: projectCheck, items };
}

function moveOf(step: Step, ask: Ask): Move {
  if (typeof step === 'function') return moveOf(step(ask), ask);
  if (step.kind === 'silent') return { kind: 'silent' };
  if (step.kind === 'together') return { kind: 'answer', actions: step.steps, once: null };
  if (step.kind !== 'overloaded' && step.kind !== 'dropped')
    return { kind: 'answer', actions: [step], once: null };
  const move = moveOf(step.step, ask);
  return move.kind === 'answer' ? { ...move, once: step.kind } : move;
}

/** Write refuses to replace a file that this session has not read: the shell does not. */
function refusedWrites(ask: Ask): Action[] {
  return ask.results.flatMap(({ tool, failed, input }) => {
    const { file_path: path, content } = input;
    if (tool !== 'Write' || !failed || typeof path !== 'string' || typeof content !== 'string')
      return [];
    return [{ kind: 'bash', command: writeCommand(path, content) }];
  });
}

/** A shell command that writes a file. */
export function writeCommand(path: string, text: string): string {
  const folder = path.slice(0, path.lastIndexOf('/'));
  const made = folder === '' ? '' : `mkdir -p ${quoted(folder)} && `;
  const body = text.endsWith('\n') ? text : `${text}\n`;
  return `${made}cat > ${quoted(path)} <<'END_OF_FILE'\n${body}END_OF_FILE`;
}

/** One word for the shell. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
