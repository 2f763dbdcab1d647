import { z } from 'zod';
import type { FastifyRequest } from 'fastify';
import { createWebhookDoor, readTracker } from '../../app.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Run } from '../../domain/run.ts';
import { createGithubDoor } from '../github-door.ts';
import type { Http, Parts } from '../parts.ts';
import { Refusal } from '../problems.ts';
import { rawBody } from '../raw-body.ts';

const schema = { response: { 202: z.object({ taken: z.boolean() }) } };
const config = { signed: true };

/**
 * Senders that have no token sign what they send. Nothing of it is believed but that something
 * changed: the trackers concerned are read at once instead of within a quarter of a minute.
 */
export async function webhookRoutes(http: Http, parts: Parts): Promise<void> {
  const waker = createWaker(parts);
  const wake: Waker['wake'] = (concerned) => waker.wake(concerned);
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
    if (verdict.kind === 'changed') wake(isLinear);
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
    wake(() => true);
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

interface Waker {
  wake(concerned: (run: Run) => boolean): void;
  /** The reading under way is over, and no other begins. */
  stop(): Promise<void>;
}

/** Where the harness has something to tell first, the reading waits for that: so often, so long each time. */
const TRIES = 30;
const PAUSE_MS = 500;

/** One reading at a time; what is asked for meanwhile is one more afterwards. */
function createWaker(parts: Parts): Waker {
  /** Which runs are to be read, and how often that may be put off. */
  const wanted = new Map<(run: Run) => boolean, number>();
  const timers = new Set<NodeJS.Timeout>();
  let reading: Promise<void> | null = null;
  const state = { stopped: false };
  const want = (concerns: (run: Run) => boolean, tries: number): void => {
    wanted.set(concerns, tries);
    begin();
  };
  const putOff = (runs: readonly string[], tries: number): void => {
    if (runs.length === 0 || tries === 0 || state.stopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      want(({ id }) => runs.includes(id), tries - 1);
    }, PAUSE_MS);
    timers.add(timer);
  };
  const readAll = async (): Promise<void> => {
    while (wanted.size > 0 && !state.stopped) {
      const asked = [...wanted.keys()];
      const tries = Math.max(...wanted.values());
      wanted.clear();
      putOff(await readConcerned(parts, (run) => asked.some((concerns) => concerns(run))), tries);
    }
  };
  const begin = (): void => {
    // Nobody waits for it: whatever fails here is read again by those who carry out the runs.
    reading ??= readAll()
      .catch((error: unknown) => parts.log(`tracker: ${messageOf(error)}`))
      .finally(() => {
        reading = null;
        if (wanted.size > 0 && !state.stopped) begin();
      });
  };
  return {
    wake: (concerned) => want(concerned, TRIES),
    async stop() {
      state.stopped = true;
      for (const timer of timers) clearTimeout(timer);
      await reading;
    },
  };
}

/** Ids of those that could not be read yet. */
async function readConcerned(
  { app, log }: Parts,
  concerned: (run: Run) => boolean,
): Promise<readonly string[]> {
  const unread: string[] = [];
  for (const label of ['', 'rehearsal'])
    for (const run of (await app.store.runs.live(label)).filter(concerned)) {
      const read = readTracker(app, run).catch((error: unknown) => {
        log(`tracker: ${messageOf(error)}`);
        return true;
      });
      if (!(await read)) unread.push(run.id);
    }
  return unread;
}
