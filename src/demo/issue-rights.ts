import { z } from 'zod';
import type { TrackerProject } from '../domain/demo.ts';
import { BLOCKED_LABEL, saysBlocked } from '../domain/work-item.ts';

/** `make`: the initializer, which makes the project and its issues. `work`: all others read and comment. */
export type IssueRights = 'make' | 'work';

const READS: Readonly<Record<IssueRights, RegExp>> = {
  make: /^(list|get|search)_(issues?|comments?|projects?|teams?|issue_status(es)?|issue_labels?)$/u,
  work: /^(list|get|search)_(issues?|comments?)$/u,
};

const WRITES: Readonly<Record<IssueRights, RegExp>> = {
  make: /^((save|create|update)_(issue|project)|(save|create)_comment)$/u,
  work: /^(save|create)_comment$/u,
};

/**
 * Whether sessions of these rights are offered a tool of a tracker's MCP server: by its verb and its
 * noun, since servers rename their tools. What is not understood is not offered.
 */
export function isOffered(tool: string, rights: IssueRights): boolean {
  return READS[rights].test(tool) || isWrite(tool, rights);
}

export function isWrite(tool: string, rights: IssueRights): boolean {
  return WRITES[rights].test(tool);
}

/** What a write may say; anything else could move, close, hide or hand over an issue. */
const KEYS: Readonly<Record<string, RegExp>> = {
  issue:
    /^(id|title|description|team|teamId|project|projectId|priority|labels|state|status|parentId|blockedBy)$/u,
  project:
    /^(id|name|description|summary|content|team|teamId|teamIds|addTeams|setTeams|priority)$/u,
  comment: /^(issueId|issue|body)$/u,
};

/** Names of one thing that servers give it; where both are given they have to say the same. */
const ALIASES = [
  ['state', 'status'],
  ['team', 'teamId'],
  ['issueId', 'issue'],
] as const;

/** Where an issue begins; every other state is the harness's to give. */
const BEGINNING = /^(todo|backlog|unstarted)$/iu;

const Write = z.looseObject({
  id: z.string().optional(),
  project: z.string().optional(),
  projectId: z.string().optional(),
  state: z.string().optional(),
  status: z.string().optional(),
  issueId: z.string().optional(),
  issue: z.string().optional(),
  team: z.string().optional(),
  teamId: z.string().optional(),
  parentId: z.string().nullish(),
  blockedBy: z.array(z.string()).optional(),
  labels: z.array(z.string()).optional(),
});

export interface WriteFacts {
  /** The run's project; null before it is made. */
  readonly project: Pick<TrackerProject, 'id' | 'name'> | null;
  /** Whether all of these issues are of that project. */
  readonly holds: (issues: readonly string[]) => Promise<boolean>;
}

/** Why an agent may not make this write, in words it can act on; null: it may. */
export async function refusalOf(
  call: { readonly tool: string; readonly input: Readonly<Record<string, unknown>> },
  facts: WriteFacts,
): Promise<string | null> {
  const noun = call.tool.slice(call.tool.indexOf('_') + 1);
  const unknown = Object.keys(call.input).filter((key) => KEYS[noun]?.test(key) !== true);
  if (unknown.length > 0) return `Leave out ${unknown.join(', ')}: it is not for agents to set.`;
  const { data: write } = Write.safeParse(call.input);
  if (write === undefined) return 'The input is not of the form that the tool describes.';
  const torn = ALIASES.find(([one, other]) => given(write[one], write[other]).size > 1);
  if (torn !== undefined) return `Leave out one of ${torn.join(' and ')}: they differ.`;
  if ([...given(write.state, write.status)].some((state) => !BEGINNING.test(state.trim())))
    return 'Leave the state alone: an issue begins as Todo, and the harness moves and closes it once its checks have passed. Use the report tool.';
  if (noun === 'project') return projectRefusal(write, facts);
  return noun === 'issue' ? issueRefusal(write, facts) : commentRefusal(write, facts);
}

type Written = z.infer<typeof Write>;

/** What is said under several names of one thing. */
function given(...values: readonly (string | null | undefined)[]): ReadonlySet<string> {
  return new Set(values.filter((value) => value != null));
}

function namesTeam(write: Written): boolean {
  return Object.keys(write).some((key) => /team/iu.test(key));
}

function projectRefusal(write: Written, { project }: WriteFacts): string | null {
  if (write.id === undefined)
    return project === null
      ? null
      : `The project is there already: ${project.name} (${project.id}).`;
  if (write.id !== project?.id) return 'This is not the project of this run.';
  return namesTeam(write) ? 'Leave the teams of the project alone.' : null;
}

async function issueRefusal(write: Written, facts: WriteFacts): Promise<string | null> {
  const { project, holds } = facts;
  if (project === null) return 'Save the project first.';
  const named = given(write.project, write.projectId);
  if ([...named].some((one) => one !== project.id && one !== project.name))
    return `Issues belong into the project ${project.name}.`;
  if (write.id === undefined)
    return named.size === 0
      ? `Name the project: ${project.name}.`
      : (labelRefusal(write) ?? linkRefusal(write, facts));
  if (namesTeam(write)) return 'Leave out the team: an issue stays in its own.';
  if (given(write.state, write.status).size > 0) return STANDS;
  if (write.labels !== undefined)
    return 'Leave out the labels: once an issue is made, they are for the harness and people to set.';
  return (await holds([write.id])) ? linkRefusal(write, facts) : ELSEWHERE;
}

const ID = /^[\da-f]{8}-[\da-f-]{27}$/iu;

/** One label is a state of the harness, by its name or its id. */
function labelRefusal({ labels = [] }: Written): string | null {
  if (labels.some((label) => ID.test(label.trim()))) return 'Say labels by their names.';
  return labels.some(saysBlocked)
    ? `Leave out the label ${BLOCKED_LABEL}: only the harness and people block an issue.`
    : null;
}

async function linkRefusal(
  { parentId, blockedBy = [] }: Written,
  { holds }: WriteFacts,
): Promise<string | null> {
  const linked = [...given(parentId, ...blockedBy)];
  if (linked.length === 0 || (await holds(linked))) return null;
  return 'Name only issues of the project of this run in parentId and blockedBy, by the ids that the tracker gave them.';
}

async function commentRefusal(write: Written, { holds }: WriteFacts): Promise<string | null> {
  const [issue] = given(write.issueId, write.issue);
  if (issue === undefined) return 'Name the issue.';
  return (await holds([issue])) ? null : ELSEWHERE;
}

/** Also back to Todo: the harness has claimed it, finished it, or a person moved it. */
const STANDS =
  'Leave out the state: once an issue is made, only the harness and people move it. Use the report tool.';

const ELSEWHERE = 'This issue is not of the project of this run.';
