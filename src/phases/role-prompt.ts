import { withIssueCount } from '../demo/issue-count.ts';
import type { Role } from '../domain/attempt.ts';
import { describeCheck } from '../domain/check.ts';
import { META_TITLE } from '../domain/demo.ts';
import { HarnessError } from '../domain/errors.ts';
import type { PhaseName } from '../domain/phase.ts';
import type { WorkItem } from '../domain/work-item.ts';
import { fill } from '../prompts/fill.ts';
import type { FindTemplate } from '../prompts/find.ts';

/** What a role may be told; each template takes what it names. */
export interface PromptFacts {
  readonly phase: PhaseName;
  readonly role: Role;
  readonly idea: string;
  readonly requirements: string;
  readonly architecture: string;
  readonly tasks: string;
  readonly projectCheck: string;
  /** What the specialists of a swarm gave; null: that one failed. */
  readonly contributions: readonly { readonly role: Role; readonly text: string | null }[];
  /** Why this is not the first try; empty on the first. */
  readonly feedback: string;
  readonly item: WorkItem | null;
  /** Items that the item builds upon, done by now. */
  readonly dependencies: readonly WorkItem[];
  /** Demo mode; null: the run is the orchestrator's. */
  readonly demo: DemoFacts | null;
}

/** What demo mode tells its agents beyond that. */
interface DemoFacts {
  /** How many issues the initializer makes. */
  readonly issues: number;
  /** Key, name or id of the tracker's team; null: there is one only. */
  readonly team: string | null;
  /** What the tracker calls its issues by now, by their keys. */
  readonly names: ReadonlyMap<string, string>;
  /** Finished features that are to be looked at first. */
  readonly earlier: readonly WorkItem[];
  /** What of finished features is red on main; empty: nothing that is known. */
  readonly regressions: string;
}

/** `phase/role` to the file that tells it what to do. */
const TEMPLATES: Readonly<Record<string, string>> = {
  'ideation/brainstorm': 'ideation/brainstorm',
  'ideation/user_requirements': 'ideation/brainstorm_user',
  'ideation/technical_feasibility': 'ideation/brainstorm_technical',
  'ideation/edge_cases': 'ideation/brainstorm_edge_cases',
  'ideation/synthesis': 'ideation/aggregate',
  'architecture/architect': 'architecture/design',
  'architecture/system_design': 'architecture/system_design',
  'architecture/data_models': 'architecture/data_models',
  'architecture/api_design': 'architecture/api_design',
  'architecture/synthesis': 'architecture/aggregate',
  'task_breakdown/planner': 'task_breakdown/decompose',
  'initialize/initializer': 'initialize/scaffold',
  'implement/coder': 'implement/coding',
  'testing/tester': 'testing/test_plan',
};

/** The same in demo mode. */
const DEMO_TEMPLATES: Readonly<Record<string, string>> = {
  'initialize/initializer': 'initializer_prompt',
  'implement/coder': 'coding_prompt',
};

/** The first prompt of a session. Throws `ROLE_UNKNOWN` when no file belongs to the role. */
export async function rolePrompt(find: FindTemplate, facts: PromptFacts): Promise<string> {
  const templates = facts.demo === null ? TEMPLATES : DEMO_TEMPLATES;
  const name = templates[`${facts.phase}/${facts.role}`];
  if (name === undefined)
    throw new HarnessError('ROLE_UNKNOWN', `No prompt belongs to ${facts.phase}/${facts.role}`);
  const template = await find(name);
  const { demo } = facts;
  const counted = demo === null ? template : withIssueCount(template, demo.issues);
  return fill(counted, { ...valuesOf(facts), ...(demo === null ? {} : demoValues(demo)) });
}

/** What an interrupted session is told when it goes on. */
export async function interruptedPrompt(find: FindTemplate, writes: boolean): Promise<string> {
  return fill(await find(writes ? 'implement/interrupted' : 'system/interrupted'), {});
}

/** Who it is, in a few lines: planners can't write, builders can. */
export async function systemPrompt(find: FindTemplate, writes: boolean): Promise<string> {
  return fill(await find(writes ? 'system/coder' : 'system/planner'), {});
}

function valuesOf(facts: PromptFacts): Record<string, string> {
  const { item } = facts;
  const named = (one: WorkItem): string => facts.demo?.names.get(one.key) ?? one.key;
  return {
    idea: facts.idea,
    requirements: facts.requirements,
    architecture: facts.architecture,
    tasks: facts.tasks,
    project_check: facts.projectCheck,
    contributions: facts.contributions.map(contribution).join('\n\n'),
    feedback: facts.feedback === '' ? '' : `This is not the first try. ${facts.feedback}`,
    key: item === null ? '' : named(item),
    title: item?.title ?? '',
    description: item?.description ?? '',
    checks: item?.checks.map((check) => `- ${describeCheck(check)}`).join('\n') ?? '',
    dependencies: dependencies(facts.dependencies, named),
  };
}

function contribution({ role, text }: PromptFacts['contributions'][number]): string {
  return text === null
    ? `<contribution role="${role}">\nThis specialist failed and gave nothing.\n</contribution>`
    : `<contribution role="${role}">\n${text}\n</contribution>`;
}

function dependencies(items: readonly WorkItem[], named: (item: WorkItem) => string): string {
  if (items.length === 0) return '';
  return `\nIt builds on ${items.map((item) => `${named(item)} (${item.title})`).join(', ')}, which are on main.\n`;
}

function demoValues({ team, names, earlier, regressions }: DemoFacts): Record<string, string> {
  const lines = earlier.map(
    ({ key, title, checks }) =>
      `- ${names.get(key) ?? key} ${title}: ${checks.map(describeCheck).join('; ')}`,
  );
  return {
    meta_title: META_TITLE,
    team: team ?? 'that there is',
    earlier: lines.join('\n') || 'Nothing is finished yet.',
    regressions:
      regressions === ''
        ? ''
        : `The harness looked already, and this is red on main. Mend it first; your work is not done while it fails:\n\n${regressions}`,
  };
}
