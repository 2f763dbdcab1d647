import type { LinearClient } from './client.ts';
import { BY_ID, CHANGED } from './documents.ts';
import { unreachable } from './ends.ts';
import { recordOf } from './record.ts';
import type { Home, ItemRecord } from './record.ts';
import { issuePageShape, issuesShape } from './shapes.ts';
import type { Issue } from './shapes.ts';
import { wholeOnes } from './whole.ts';

/** An issue that is an item of ours. */
export interface Card {
  readonly home: Home;
  readonly issue: Issue;
  readonly record: ItemRecord;
}

/** All issues of one project, read whole now and then, and what changed in between. */
export interface Board {
  /** Items of ours as they are now; what people deleted is not there. */
  all(home: Home): Promise<readonly Card[]>;
  /** The others of the same project, which are no items. */
  strangers(home: Home): Promise<readonly Issue[]>;
}

/** What left the project, or Linear, shows only in a whole reading. */
const WHOLE_MS = 300_000;

/** Changes may become visible a little out of order. */
const OVERLAP_MS = 10_000;

/** Issues of a page, and as many as people change between two looks. */
const PAGE = 100;
const FEW = 25;

/** No project is so large; a cursor that leads nowhere must end. */
const MOST_PAGES = 200;

export function createBoard(
  client: LinearClient,
  deps: { readonly now: () => number; readonly onWhole: () => void },
): Board {
  const known = new Map<string, Issue>();
  const state = { of: '', since: 0, wholeAt: 0 };
  let turn: Promise<unknown> = Promise.resolve();
  const refresh = async (home: Home): Promise<readonly Card[]> => {
    const began = deps.now();
    // Either way: a clock that is set back must not put it off.
    const whole = state.of !== home.linearProject || Math.abs(began - state.wholeAt) >= WHOLE_MS;
    const left = whole ? began : state.since;
    const issues = await changedSince(client, home, {
      since: whole ? 0 : state.since,
      left,
      first: whole ? PAGE : FEW,
    });
    if (whole) {
      known.clear();
      deps.onWhole();
      Object.assign(state, { of: home.linearProject, since: 0, wholeAt: began });
    }
    for (const issue of issues) known.set(issue.id, issue);
    const newest = issues.reduce((last, one) => Math.max(last, Date.parse(one.updatedAt)), 0);
    const since = newest - OVERLAP_MS - (deps.now() - began);
    state.since = Math.max(state.since, since);
    return cardsOf(home, known.values());
  };
  const all = (home: Home): Promise<readonly Card[]> => {
    const next = turn.then(() => refresh(home));
    turn = next.catch(() => undefined);
    return next;
  };
  return {
    all,
    async strangers(home) {
      const items = new Set((await all(home)).map(({ issue }) => issue.id));
      return [...known.values()].filter(
        ({ id, trashed, project }) =>
          trashed !== true && project?.id === home.linearProject && !items.has(id),
      );
    },
  };
}

/** What is asked for: of the project, and of what may have left it, in epoch milliseconds. */
interface Asked {
  readonly since: number;
  readonly left: number;
  /** Of the first page; it is paid for whether it is filled or not. */
  readonly first: number;
}

async function changedSince(client: LinearClient, home: Home, asked: Asked): Promise<Issue[]> {
  const issues: Issue[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer: { nodes: Issue[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } =
      await client.ask({
        document: CHANGED,
        variables: {
          project: home.linearProject,
          since: new Date(Math.max(asked.since, 0)).toISOString(),
          left: new Date(Math.max(asked.left, 0)).toISOString(),
          first: page === 0 ? asked.first : PAGE,
          after,
        },
        shape: issuePageShape,
      });
    issues.push(...(await wholeOnes(client, answer.nodes)));
    const { hasNextPage, endCursor } = answer.pageInfo;
    if (!hasNextPage) return issues;
    if (endCursor === null || endCursor === after) break;
    after = endCursor;
  }
  throw unreachable('pages without end');
}

function cardsOf(home: Home, issues: Iterable<Issue>): readonly Card[] {
  return [...issues].flatMap((issue) => {
    const record = issue.trashed === true ? undefined : recordOf(home, issue);
    if (record === undefined) return [];
    if (record.issue !== undefined) home.adopted.set(record.key, issue.id);
    home.keys.set(issue.id, record.key);
    return [{ home, issue, record }];
  });
}

/** These issues, also trashed ones and those that are no items yet. */
export async function issuesById(
  client: LinearClient,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Issue>> {
  const found = new Map<string, Issue>();
  for (let start = 0; start < ids.length; start += 50) {
    const issues = await client.ask({
      document: BY_ID,
      variables: { ids: ids.slice(start, start + 50) },
      shape: issuesShape,
    });
    for (const issue of await wholeOnes(client, issues)) found.set(issue.id, issue);
  }
  return found;
}
