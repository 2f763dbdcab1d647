import { z } from 'zod';
import type { FastifyRequest } from 'fastify';
import { eventPage, projectId } from '../contract/resources.ts';
import { decodePositions, MOST_POSITION_CHARS, positionsNow } from '../event-positions.ts';
import { projectSource, wholeSource } from '../event-source.ts';
import { findProject } from '../find.ts';
import type { Http, Parts } from '../parts.ts';
import { Refusal } from '../problems.ts';
import { eventView } from '../views.ts';

const params = z.object({ id: projectId });
const after = z.string().max(MOST_POSITION_CHARS).optional();
const limit = z.coerce.number().int().min(1).max(1000).default(500);

/**
 * Events as they happen (server-sent events), from any point on: nothing is missed or told twice by
 * whoever names the last id it has. A project's can be had in pages, too.
 */
export function eventRoutes(http: Http, parts: Parts): void {
  const { store } = parts.app;
  http.get('/events', { schema: { querystring: z.object({ after }) } }, async (request, reply) => {
    const from = lastIdOf(request) ?? request.query.after ?? '0';
    const positions =
      from === 'now' ? await positionsNow(store) : await decodePositions(store, from);
    await parts.streams.open(reply, wholeSource(store, positions));
  });
  http.get(
    '/projects/:id/events',
    {
      schema: { params, querystring: z.object({ after, limit }), response: { 200: eventPage } },
    },
    async (request, reply) => {
      const { id } = await findProject(parts, request.params.id);
      const from = lastIdOf(request) ?? request.query.after ?? '0';
      const last = from === 'now' ? await store.events.last(id) : numberOf(from);
      if (!wantsPage(request)) return parts.streams.open(reply, projectSource(store, id, last));
      const order = { after: last, limit: request.query.limit };
      const events = (await store.events.read(id, order)).map(eventView);
      const next = events.length < order.limit ? null : (events.at(-1)?.id ?? null);
      return reply.send({ events, next });
    },
  );
}

/** What a client that lost its stream had last. */
function lastIdOf({ headers }: FastifyRequest): string | undefined {
  const given = headers['last-event-id'];
  return typeof given === 'string' && given !== '' ? given : undefined;
}

function wantsPage({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept.includes('application/json') && !accept.includes('text/event-stream');
}

function numberOf(text: string): number {
  if (/^\d{1,15}$/u.test(text)) return Number(text);
  throw new Refusal(400, 'AFTER_INVALID', {
    detail: '`after` is 0, now, or the number of an event',
  });
}
