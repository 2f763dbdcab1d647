import type { TrackerProject } from '../../../domain/demo.ts';
import { createLinearClient, type ClientOrder } from './client.ts';
import { PROJECTS_SINCE } from './documents.ts';
import { madeProjectsShape } from './shapes.ts';

/**
 * The project whose description holds this mark, among those made since then; undefined: there is none.
 * A person who made a copy of it made another: the oldest counts. Throws as the tracker does.
 */
export async function findMadeProject(
  order: ClientOrder,
  { mark, since }: { readonly mark: string; readonly since: string },
): Promise<TrackerProject | undefined> {
  const projects = await createLinearClient(order).ask({
    document: PROJECTS_SINCE,
    variables: { since },
    shape: madeProjectsShape,
  });
  const found = projects.findLast(
    ({ description, content }) => description.includes(mark) || content.includes(mark),
  );
  if (found === undefined) return undefined;
  const { id, name, description, content, teams } = found;
  const teamId = teams.nodes[0]?.id ?? '';
  return { id, name, description: content || description, teamId, metaKey: null };
}
