import { z } from 'zod';
import type { TrackerProject } from '../domain/demo.ts';
import { messageOf } from '../domain/errors.ts';
import { createTurns } from '../gateway/in-turn.ts';
import type { McpUpstream, OfferedTool } from '../gateway/mcp/upstream.ts';
import type { TrackedItem, WorkTracker } from '../work/tracker.ts';

export interface LocalIssuesOrder {
  readonly tracker: WorkTracker;
  readonly project: () => Promise<TrackerProject | null>;
  /** Id of a project that is made now. */
  readonly projectId: string;
  /** Whose comments these are. */
  readonly author: string;
  readonly newId: () => string;
}

/** Where a tracker of the harness has its issues; there is one. */
const LOCAL_TEAM = Object.freeze({ id: 'local', name: 'Local', key: 'APP' });

const MOST_LISTED = 250;
const MOST_DESCRIPTION = 20_000;

interface Tool extends OfferedTool {
  readonly handle: (input: unknown) => Promise<unknown>;
}

/**
 * The tools of Linear's MCP server that demo mode uses, under the same names and over the harness's
 * own tracker: demo mode without an account. Who may call what is decided elsewhere.
 */
export function localIssues(order: LocalIssuesOrder): McpUpstream {
  const tools = [...projectTools(order), ...issueTools(order), ...commentTools(order)];
  return {
    tools: tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
    async call(asked) {
      try {
        const found = tools.find((one) => one.name === asked.tool);
        return said(await found?.handle(asked.input));
      } catch (error) {
        return { ...said(messageOf(error)), isError: true };
      }
    },
    close: () => Promise.resolve(),
  };
}

function said(value: unknown): { readonly content: readonly object[] } {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return { content: [{ type: 'text', text }] };
}

function tool<S extends z.ZodObject>(
  name: string,
  [description, shape]: readonly [string, S],
  handle: (input: z.infer<S>) => Promise<unknown>,
): Tool {
  const { $schema: _, ...inputSchema } = z.toJSONSchema(shape, { target: 'draft-7', io: 'input' });
  return { name, description, inputSchema, handle: async (input) => handle(shape.parse(input)) };
}

const text = z.string();
const name = z.string().trim().min(1).max(200);
const priority = z.literal([0, 1, 2, 3, 4]);

function projectTools({ project, projectId }: LocalIssuesOrder): Tool[] {
  const all = async (): Promise<object[]> => {
    const one = await project();
    return one === null ? [] : [shown(one)];
  };
  return [
    tool('list_teams', ['List teams.', z.object({})], async () => ({ teams: [LOCAL_TEAM] })),
    tool('list_issue_statuses', ['List states.', z.object({ team: text })], async () =>
      Object.values(STATES),
    ),
    tool('list_projects', ['List projects.', z.object({})], async () => ({
      projects: await all(),
    })),
    tool(
      'save_project',
      [
        'Create the project, or change it when id is given.',
        z.object({
          id: text.optional(),
          name,
          description: text.max(MOST_DESCRIPTION).optional(),
          addTeams: z.array(text).optional(),
        }),
      ],
      async ({ id = projectId, name: named, description = '' }) =>
        shown({ id, name: named, description, teamId: LOCAL_TEAM.id, metaKey: null }),
    ),
  ];
}

function shown(project: TrackerProject): object {
  return { ...project, teams: [LOCAL_TEAM] };
}

const STATES = {
  todo: { name: 'Todo', type: 'unstarted' },
  in_progress: { name: 'In Progress', type: 'started' },
  blocked: { name: 'Blocked', type: 'started' },
  done: { name: 'Done', type: 'completed' },
  cancelled: { name: 'Canceled', type: 'canceled' },
} as const;

function stateOf({ status, cancelled }: TrackedItem): (typeof STATES)[keyof typeof STATES] {
  return STATES[cancelled ? 'cancelled' : status];
}

function issueTools({ tracker }: LocalIssuesOrder): Tool[] {
  return [
    tool(
      'list_issues',
      [
        'List issues, the most urgent first, without their descriptions.',
        z.object({
          state: text.optional().describe('name or type of a state'),
          query: text.optional().describe('words of the title'),
          limit: z.int().min(1).max(MOST_LISTED).optional(),
          project: text.optional(),
        }),
      ],
      async ({ state, query, limit = 50 }) => {
        const wanted = (await tracker.list()).filter(
          (issue) =>
            isNamed(stateOf(issue), state) &&
            issue.title.toLowerCase().includes((query ?? '').toLowerCase()),
        );
        const issues = wanted.slice(0, limit).map(lineOf);
        return { issues, hasNextPage: wanted.length > limit, total: wanted.length };
      },
    ),
    tool('get_issue', ['One issue in full.', z.object({ id: text })], async ({ id }) => {
      const { key, description, dependencies, parent, ...issue } = await tracker.get(id);
      const links = { blockedBy: dependencies, parentId: parent };
      return { ...lineOf({ ...issue, key }), description, ...links };
    }),
    saveIssue(tracker),
  ];
}

function isNamed(state: { readonly name: string; readonly type: string }, wanted = ''): boolean {
  const word = wanted.toLowerCase();
  return word === '' || word === state.name.toLowerCase() || word === state.type;
}

type Line = Pick<TrackedItem, 'key' | 'title' | 'priority' | 'status' | 'cancelled' | 'labels'>;

function lineOf(issue: Line): object {
  const { key, title, priority: level, labels } = issue;
  const { name: state } = STATES[issue.cancelled ? 'cancelled' : issue.status];
  return { id: key, title, priority: level, state, labels };
}

function saveIssue(tracker: WorkTracker): Tool {
  const inTurn = createTurns();
  return tool(
    'save_issue',
    [
      'Create an issue, or change the one of this id. Priority: 1 urgent, 2 high, 3 medium, 4 low.',
      z.object({
        id: text.optional(),
        title: z.string().trim().min(1).max(255).optional(),
        description: text.max(MOST_DESCRIPTION).optional().describe('Markdown'),
        team: text.optional(),
        project: text.optional(),
        priority: priority.optional(),
        state: text.optional(),
        labels: z.array(name).max(10).optional(),
        blockedBy: z.array(text).max(50).optional(),
        parentId: text.optional().describe('only of a new issue'),
      }),
    ],
    ({ id, title, description, priority: level, labels, blockedBy = [], parentId = null }) =>
      inTurn(async () => {
        const change = {
          ...(title === undefined ? {} : { title }),
          ...(description === undefined ? {} : { description }),
          ...(level === undefined ? {} : { priority: level }),
          ...(labels === undefined ? {} : { labels }),
        };
        if (id !== undefined) return lineOf(await tracker.edit(id, change));
        if (title === undefined) return Promise.reject(new TypeError('A new issue needs a title.'));
        const key = await nextKey(tracker);
        const rest = { description: '', priority: 3, labels: [] } as const;
        const links = { dependencies: blockedBy, parent: parentId };
        await tracker.create([{ ...rest, ...change, ...links, key, title }]);
        return lineOf(await tracker.get(key));
      }),
  );
}

/** One session makes issues at a time; its calls may come side by side. */
async function nextKey(tracker: WorkTracker): Promise<string> {
  const numbers = (await tracker.list()).map(({ key }) =>
    Number(new RegExp(`^${LOCAL_TEAM.key}-(\\d+)$`, 'u').exec(key)?.[1] ?? 0),
  );
  return `${LOCAL_TEAM.key}-${Math.max(0, ...numbers) + 1}`;
}

function commentTools({ tracker, author, newId }: LocalIssuesOrder): Tool[] {
  return [
    tool(
      'list_comments',
      ['Comments of an issue.', z.object({ issueId: text })],
      async (input) => ({
        comments: (await tracker.comments(input.issueId)).map(({ author: by, text: body, at }) => ({
          by,
          at,
          body,
        })),
      }),
    ),
    tool(
      'save_comment',
      [
        'Comment on an issue.',
        z.object({ issueId: text, body: z.string().trim().min(1).max(MOST_DESCRIPTION) }),
      ],
      async ({ issueId, body }) => {
        const id = newId();
        await tracker.comment(issueId, { id, author, text: body });
        return { id };
      },
    ),
  ];
}
