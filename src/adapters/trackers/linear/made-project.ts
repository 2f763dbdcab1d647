import type { TrackerProject } from '../../../domain/demo.ts';
import { createLinearClient, type ClientOrder, type LinearClient } from './client.ts';
import { PROJECTS_SINCE } from './documents.ts';
import { unreachable } from './ends.ts';
import { madeProjectsShape, type MadeProject } from './shapes.ts';

/**
 * The project whose description holds this mark, among those made since then; undefined: there is none.
 * A person who made a copy of it made another: the oldest counts. Throws as the tracker does.
 */
export async function findMadeProject(
  order: ClientOrder,
  { mark, since }: { readonly mark: string; readonly since: string },
): Promise<TrackerProject | undefined> {
  const projects = await madeSince(createLinearClient(order), since);
  const found = projects.findLast(
    ({ description, content }) => description.includes(mark) || content.includes(mark),
  );
  if (found === undefined) return undefined;
  const { id, name, description, content, teams } = found;
  const teamId = teams.nodes[0]?.id ?? '';
  return { id, name, description: content || description, teamId, metaKey: null };
}

/** Of 50 each; nobody makes so many projects in a run. */
const MOST_PAGES = 20;

/** The newest first. */
async function madeSince(client: LinearClient, since: string): Promise<readonly MadeProject[]> {
  const projects: MadeProject[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer: Awaited<ReturnType<typeof pageOf>> = await pageOf(client, since, after);
    projects.push(...answer.nodes);
    const { hasNextPage, endCursor } = answer.pageInfo;
    if (!hasNextPage) return projects;
    if (endCursor === null || endCursor === after) break;
    after = endCursor;
  }
  throw unreachable('pages without end');
}

function pageOf(client: LinearClient, since: string, after: string | null) {
  return client.ask({
    document: PROJECTS_SINCE,
    variables: { since, after },
    shape: madeProjectsShape,
  });
}
