import type { z } from 'zod';
import type { LinearClient } from './client.ts';
import { FEW, MORE_ATTACHMENTS, MORE_RELATIONS } from './documents.ts';
import { unreachable } from './ends.ts';
import { attachmentsShape, relationsShape } from './shapes.ts';
import type { Issue } from './shapes.ts';

/**
 * The same issues with all that hangs on them: few have more than what is read with each. A record may stand
 * behind younger links, and each relation may be one that blocks.
 */
export async function wholeOnes(
  client: LinearClient,
  issues: readonly Issue[],
): Promise<readonly Issue[]> {
  const linked = issues.filter(({ attachments }) => attachments.nodes.length >= FEW.attachments);
  const related = issues.filter(
    ({ inverseRelations }) => inverseRelations.nodes.length >= FEW.relations,
  );
  const attachments = await hangingOn(client, idsOf(linked), ATTACHMENTS);
  const relations = await relationsOf(client, idsOf(related));
  return issues.map((issue) => ({
    ...issue,
    attachments: { nodes: attachments.get(issue.id) ?? issue.attachments.nodes },
    inverseRelations: { nodes: relations.get(issue.id) ?? issue.inverseRelations.nodes },
  }));
}

const ATTACHMENTS = { document: MORE_ATTACHMENTS, shape: attachmentsShape };

/** What others are to each of these issues. */
export function relationsOf(
  client: LinearClient,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Issue['inverseRelations']['nodes']>> {
  return hangingOn(client, ids, { document: MORE_RELATIONS, shape: relationsShape });
}

function idsOf(issues: readonly Issue[]): readonly string[] {
  return issues.map(({ id }) => id);
}

interface Page<T> {
  readonly id: string;
  readonly page: {
    readonly nodes: T[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** Issues of one request, and pages of one look: nobody makes so many. */
const CHUNK = 20;
const MOST_PAGES = 500;

async function hangingOn<T>(
  client: LinearClient,
  ids: readonly string[],
  question: { readonly document: string; readonly shape: z.ZodType<Page<T>[]> },
): Promise<ReadonlyMap<string, T[]>> {
  const found = new Map<string, T[]>();
  const turns = chunksOf(ids);
  for (let asked = 0; asked < MOST_PAGES; asked += 1) {
    const turn = turns.shift();
    if (turn === undefined) return found;
    for (const { id, page } of await client.ask({ ...question, variables: { ...turn } })) {
      found.set(id, [...(found.get(id) ?? []), ...page.nodes]);
      const { hasNextPage, endCursor } = page.pageInfo;
      if (hasNextPage) turns.push({ ids: [id], after: endCursor });
    }
  }
  throw unreachable('pages without end');
}

interface Turn {
  readonly ids: readonly string[];
  readonly after: string | null;
}

function chunksOf(ids: readonly string[]): Turn[] {
  const starts = Array.from({ length: Math.ceil(ids.length / CHUNK) }, (_, index) => index * CHUNK);
  return starts.map((start) => ({ ids: ids.slice(start, start + CHUNK), after: null }));
}
