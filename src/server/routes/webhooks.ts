import { z } from 'zod';
import type { FastifyRequest } from 'fastify';
import { createWebhookDoor } from '../../app.ts';
import type { Run } from '../../domain/run.ts';
import { createGithubDoor } from '../github-door.ts';
import type { Http, Parts } from '../parts.ts';
import { Refusal } from '../problems.ts';
import { rawBody } from '../raw-body.ts';
import { createTrackerWaker } from '../tracker-waker.ts';

const schema = { response: { 202: z.object({ taken: z.boolean() }) } };
const config = { signed: true };

/**
 * Senders that have no token sign what they send. Nothing of it is believed but that something
 * changed: the trackers concerned are read at once instead of within a quarter of a minute.
 */
export async function webhookRoutes(http: Http, parts: Parts): Promise<void> {
  const waker = createTrackerWaker(parts);
  http.addHook('onClose', () => waker.stop());
  const { linear, github } = parts.app.config.webhooks;
  const linearDoor =
    linear === null
      ? null
      : await createWebhookDoor({ secret: linear.reveal(), now: () => Date.now() });
  http.post('/webhooks/linear', { config, schema }, async (request, reply) => {
    if (linearDoor === null) throw unknownHere('LINEAR_WEBHOOK_SECRET');
    const verdict = linearDoor({ body: rawBody(request), headers: plainHeaders(request) });
    if (verdict.kind === 'refused') throw refused(parts, verdict.why);
    if (verdict.kind === 'changed') waker.wake(isLinear);
    reply.code(202);
    return { taken: verdict.kind === 'changed' };
  });
  const githubDoor = github === null ? null : createGithubDoor(github.reveal());
  http.post('/webhooks/github', { config, schema }, async (request, reply) => {
    if (githubDoor === null) throw unknownHere('GITHUB_WEBHOOK_SECRET');
    const headers = plainHeaders(request);
    const verdict = githubDoor({
      body: rawBody(request),
      signature: headers['x-hub-signature-256'],
      delivery: headers['x-github-delivery'],
    });
    if (verdict !== 'taken') throw refused(parts, `a webhook of GitHub was refused: ${verdict}`);
    waker.wake(() => true);
    reply.code(202);
    return { taken: true };
  });
}

function isLinear({ settings: { backend, demo } }: Run): boolean {
  return backend.type === 'linear' || demo?.tracker === 'linear';
}

/** Why stays with us: a sender learns nothing by trying. */
function refused({ log }: Parts, why: string): Refusal {
  log(`api: ${why}`);
  return new Refusal(401, 'WEBHOOK_REFUSED', { detail: 'This webhook is not accepted' });
}

function unknownHere(variable: string): Refusal {
  return new Refusal(404, 'WEBHOOK_OFF', {
    detail: `No such webhooks are taken: ${variable} is not set`,
  });
}

function plainHeaders({ headers }: FastifyRequest): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}
