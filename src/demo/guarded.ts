import { z } from 'zod';
import type { TrackerProject } from '../domain/demo.ts';
import { createTurns } from '../gateway/in-turn.ts';
import type { McpUpstream } from '../gateway/mcp/upstream.ts';
import { answerIfThere, marked, type AlreadyThere } from './already-there.ts';
import { isOffered, isWrite, refusalOf, type IssueRights } from './issue-rights.ts';

export interface Guard {
  readonly rights: IssueRights;
  /** The run's project; null before it is made. */
  readonly project: () => Promise<TrackerProject | null>;
  /** Remembers the project that was made. */
  readonly keep: (project: TrackerProject) => Promise<void>;
  /** Line by which the project is found again; null: nobody else can make one. */
  readonly mark: string | null;
  readonly there: AlreadyThere;
  /** Whether all of these issues are of the run's project. */
  readonly holds: (issues: readonly string[]) => Promise<boolean>;
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
      if (!isWrite(order.tool, rights)) return upstream.call(order);
      // One after the other: of two that are alike the second is to find the first.
      return inTurn(() => write(upstream, guard, order));
    },
    close: () => upstream.close(),
  };
}

type Order = Parameters<McpUpstream['call']>[0];

async function write(
  upstream: McpUpstream,
  guard: Guard,
  order: Order,
): ReturnType<McpUpstream['call']> {
  const project = (await guard.project()) ?? (await recovered(guard));
  const refusal = await refusalOf(order, { project, holds: guard.holds });
  if (refusal !== null) return { ...said(refusal), isError: true };
  if (order.tool.endsWith('_project')) return saveProject({ upstream, guard, project }, order);
  const answer = await answerIfThere(order, guard.there);
  if (answer !== null) return said(answer);
  return upstream.call({ ...order, input: byId(order.input, project) });
}

/** Names of projects aren't unique; what is asked for was seen to be the run's own. */
function byId(input: Order['input'], project: TrackerProject | null): Order['input'] {
  const named = input['project'] !== undefined && project !== null;
  return named ? { ...input, project: project.id } : input;
}

function said(text: string): { readonly content: readonly object[] } {
  return { content: [{ type: 'text', text }] };
}

/** A project whose making nobody lived to tell of. */
async function recovered({ there, keep }: Guard): Promise<TrackerProject | null> {
  const project = await there.project();
  if (project === undefined) return null;
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
  const { mark } = guard;
  const input =
    project === null && mark !== null ? marked(order.input, { mark, takes }) : order.input;
  const result = await upstream.call({ ...order, input });
  await keepProject(guard, { project, result });
  return result;
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
  { project, result }: { readonly project: TrackerProject | null; readonly result: unknown },
): Promise<void> {
  const { data } = Result.safeParse(result);
  if (data === undefined || data.isError === true) return;
  for (const { text = '' } of data.content) {
    const saved = Answer.safeParse(parsed(text)).data;
    if (saved === undefined) continue;
    const { teams, teamId, ...rest } = saved;
    await keep({ ...(project ?? NEW), ...rest, teamId: teamId || (teams[0]?.id ?? '') });
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
