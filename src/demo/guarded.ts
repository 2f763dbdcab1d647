import { z } from 'zod';
import type { TrackerProject } from '../domain/demo.ts';
import { createTurns } from '../gateway/in-turn.ts';
import type { McpUpstream } from '../gateway/mcp/upstream.ts';
import type { ItemName } from '../work/tracker.ts';
import { answerIfThere, marked, type AlreadyThere } from './already-there.ts';
import { byId, issuesIn } from './issues-meant.ts';
import { isOffered, isWrite, refusalOf, type IssueRights } from './issue-rights.ts';

export interface Guard {
  readonly rights: IssueRights;
  /** The run's project; null before it is made. */
  readonly project: () => Promise<TrackerProject | null>;
  /** Remembers the project that was made. */
  readonly keep: (project: TrackerProject) => Promise<void>;
  /** Id of the team that a new project goes into, whatever the agent says; null: there is one only. */
  readonly team: () => Promise<string | null>;
  /** Line by which the project is found again; null: nobody else can make one. */
  readonly mark: string | null;
  readonly there: AlreadyThere;
  /** Those of these that are issues of the run's project, by what was said of each. */
  readonly meant: (said: readonly string[]) => Promise<ReadonlyMap<string, ItemName>>;
}

/**
 * A tracker's MCP server as a session may use it: the tools of its rights, and of their writes those
 * that don't take from the harness what is its own. Claiming, moving and closing are.
 */
export function guarded(upstream: McpUpstream, guard: Guard): McpUpstream {
  const { rights } = guard;
  const inTurn = createTurns();
  return {
    tools: upstream.tools.filter(({ name }) => isOffered(name, rights)),
    async call(order) {
      if (!isOffered(order.tool, rights)) return { ...said(NOT_OFFERED), isError: true };
      if (!isWrite(order.tool, rights)) return upstream.call(order);
      // One after the other: of two that are alike the second is to find the first.
      return inTurn(() => write(upstream, guard, order));
    },
    close: () => upstream.close(),
  };
}

const NOT_OFFERED = 'There is no such tool for this session.';

type Order = Parameters<McpUpstream['call']>[0];

async function write(
  upstream: McpUpstream,
  guard: Guard,
  order: Order,
): ReturnType<McpUpstream['call']> {
  const project = (await guard.project()) ?? (await recovered(guard));
  const meant = await guard.meant(order.tool.endsWith('_project') ? [] : issuesIn(order.input));
  const holds = async (issues: readonly string[]): Promise<boolean> =>
    issues.every((issue) => meant.has(issue));
  const refusal = await refusalOf(order, { project, holds });
  if (refusal !== null) return { ...said(refusal), isError: true };
  if (order.tool.endsWith('_project')) return saveProject({ upstream, guard, project }, order);
  const answer = await answerIfThere(order, guard.there);
  if (answer !== null) return said(answer);
  return upstream.call({ ...order, input: byId(inPlace(order.input, project), meant) });
}

/**
 * Names of projects aren't unique, and agents take the first team that is listed: whatever was named, the
 * run's own project was seen to be meant, and its issues belong into its team.
 */
function inPlace(input: Order['input'], project: TrackerProject | null): Order['input'] {
  if (project === null) return input;
  const { id, teamId } = project;
  const own = { project: id, projectId: id, team: teamId, teamId };
  const named = Object.entries(own).filter(([key, to]) => input[key] !== undefined && to !== '');
  return { ...input, ...Object.fromEntries(named) };
}

function said(text: string): { readonly content: readonly object[] } {
  return { content: [{ type: 'text', text }] };
}

/** A project whose making nobody lived to tell of. */
async function recovered({ there, keep, team }: Guard): Promise<TrackerProject | null> {
  const found = await there.project();
  if (found === undefined) return null;
  // People may have made it one of several teams: its issues go into the one that was meant.
  const project = { ...found, teamId: (await team()) ?? found.teamId };
  await keep(project);
  return project;
}

interface Saving {
  readonly upstream: McpUpstream;
  readonly guard: Guard;
  readonly project: TrackerProject | null;
}

async function saveProject(
  { upstream, guard, project }: Saving,
  order: Order,
): ReturnType<McpUpstream['call']> {
  const tool = upstream.tools.find(({ name }) => name === order.tool);
  const takes = Object.keys(Object(tool?.inputSchema['properties']));
  const team = project === null ? await guard.team() : null;
  const { mark } = guard;
  const input =
    project === null && mark !== null ? marked(order.input, { mark, takes }) : order.input;
  const result = await upstream.call({
    ...order,
    input: team === null ? input : ofTeam(input, { team, takes }),
  });
  await keepProject(guard, { project: project ?? { ...NEW, teamId: team ?? '' }, result });
  return result;
}

/** Where a project's teams can stand, by the names that servers give them; the first that the tool takes. */
const SEVERAL = ['addTeams', 'setTeams', 'teamIds'] as const;
const ONE = ['teamId', 'team'] as const;

function ofTeam(
  input: Order['input'],
  { team, takes }: { readonly team: string; readonly takes: readonly string[] },
): Order['input'] {
  const rest = Object.entries(input).filter(([key]) => !/team/iu.test(key));
  const several = SEVERAL.find((name) => takes.includes(name));
  const one = ONE.find((name) => takes.includes(name)) ?? 'team';
  const own = several === undefined ? { [one]: team } : { [several]: [team] };
  return { ...Object.fromEntries(rest), ...own };
}

const Saved = z.object({
  id: z.string().min(1).max(200),
  name: z.string().min(1).max(500),
  description: z.string().default(''),
  teamId: z.string().default(''),
  teams: z.array(z.looseObject({ id: z.string() })).default([]),
});
const Answer = z.union([Saved, z.object({ project: Saved }).transform(({ project }) => project)]);
const Result = z.object({
  isError: z.boolean().optional(),
  content: z.array(z.looseObject({ text: z.string().optional() })),
});

const NEW = Object.freeze({ description: '', teamId: '', metaKey: null });

/** What the server says that it made; nothing is kept of an answer that can't be read. */
async function keepProject(
  { keep }: Guard,
  {
    project,
    result,
  }: { readonly project: Omit<TrackerProject, 'id' | 'name'>; readonly result: unknown },
): Promise<void> {
  const { data } = Result.safeParse(result);
  if (data === undefined || data.isError === true) return;
  for (const { text = '' } of data.content) {
    const saved = Answer.safeParse(parsed(text)).data;
    if (saved === undefined) continue;
    const { teams, teamId, ...rest } = saved;
    const told = teamId || (teams[0]?.id ?? '');
    await keep({ ...project, ...rest, teamId: project.teamId || told });
    return;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
