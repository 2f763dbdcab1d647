import { z } from 'zod';
import { itemDiff, planDocuments, readFacts } from '../../app.ts';
import { forecast } from '../../domain/forecast.ts';
import { settled } from '../../domain/work-item.ts';
import { whyItem, whyRun } from '../../domain/why.ts';
import { approvalsOf } from '../board.ts';
import * as answers from '../contract/resources.ts';
import type * as contract from '../contract.ts';
import { pageOf, paging } from '../cursor.ts';
import { findItem, findProject, findRun, unknown, type Found } from '../find.ts';
import type { Http, Parts } from '../parts.ts';
import { readTranscript } from '../transcript.ts';
import { sessionView, usageView } from '../views.ts';
import { whyView } from '../why-view.ts';

const params = z.object({ id: answers.projectId });

/** What people ask about the latest run of a project. */
export function lookingRoutes(http: Http, parts: Parts): void {
  http.get(
    '/projects/:id/approvals',
    { schema: { params, response: { 200: answers.approvalList } } },
    async ({ params: { id } }) => {
      const project = await findProject(parts, id);
      const run = await parts.app.store.runs.latest(id);
      const open = run === undefined ? [] : await parts.app.store.approvals.pending(run.id);
      return { approvals: await approvalsOf(parts, project, open) };
    },
  );
  http.get(
    '/projects/:id/approvals/:approval',
    {
      schema: {
        params: params.extend({ approval: z.string().max(300) }),
        response: { 200: answers.approval },
      },
    },
    async ({ params: { id, approval } }, reply) => {
      const { project, run } = await findRun(parts, id);
      const open = await parts.app.store.approvals.pending(run.id);
      const meant = open.filter((one) => one.id === approval);
      const [view] = await approvalsOf(parts, project, meant);
      if (view === undefined) throw unknown('APPROVAL_NONE', 'open approval');
      reply.header('etag', `"${view.state}"`);
      return view;
    },
  );
  documentRoute(http, parts);
  costRoute(http, parts);
  whyRoute(http, parts);
  diffRoute(http, parts);
  sessionRoutes(http, parts);
}

function documentRoute(http: Http, parts: Parts): void {
  http.get(
    '/projects/:id/documents',
    { schema: { params, response: { 200: answers.documentList } } },
    async ({ params: { id } }) => {
      const { project } = await findRun(parts, id);
      return { documents: [...(await planDocuments(parts.app, project))] };
    },
  );
}

function costRoute(http: Http, parts: Parts): void {
  const by = z.enum(['phase', 'item', 'model', 'session']).default('phase');
  http.get(
    '/projects/:id/cost',
    { schema: { params, querystring: z.object({ by }), response: { 200: answers.cost } } },
    async ({ params: { id }, query }) => billOf(parts, await findRun(parts, id), query.by),
  );
}

async function billOf(
  { app: { store } }: Parts,
  { run }: Found,
  by: contract.Cost['by'],
): Promise<contract.Cost> {
  const perItem = await store.usage.by(run.id, 'item');
  const parts = by === 'item' ? perItem : await store.usage.by(run.id, by);
  const items = await store.items.ofRun(run.id);
  const done = items.filter(({ status }) => status === 'done').map(({ key }) => key);
  const remaining = items.filter((item) => !settled(item)).length;
  const more = forecast({ perItem, done, remaining, planned: items.length > 0 });
  return {
    by,
    parts: parts.map(({ name, usage }) => ({ name, usage: usageView(usage) })),
    total: usageView(await store.usage.total(run.id)),
    budget_usd: run.settings.budgetUsd,
    forecast: { remaining_items: more.remaining, more_usd: more.moreUsd },
    rehearsal: run.settings.label === 'rehearsal',
  };
}

function whyRoute(http: Http, parts: Parts): void {
  const querystring = z.object({ item: answers.itemKey.optional() });
  http.get(
    '/projects/:id/why',
    { schema: { params, querystring, response: { 200: answers.why } } },
    async ({ params: { id }, query }) => {
      const found = await findRun(parts, id);
      const { project, run } = found;
      const serving = await parts.app.serving(run);
      const starting = !serving.hosted && parts.keeper.isStarting(run);
      const order = { run, ...serving, starting, now: new Date().toISOString() };
      const facts = (await readFacts(parts.app.store, project, order)).why;
      const { item: key } = query;
      const why =
        key === undefined ? whyRun(facts) : whyItem(await findItem(parts, found, key), facts);
      return whyView(why, facts);
    },
  );
}

function diffRoute(http: Http, parts: Parts): void {
  const ofItem = params.extend({ item: answers.itemKey });
  http.get(
    '/projects/:id/diff/:item',
    { schema: { params: ofItem, response: { 200: answers.diff } } },
    async ({ params: { id, item: key } }) => {
      const found = await findRun(parts, id);
      const item = await findItem(parts, found, key);
      const made = await itemDiff(parts.app, found.project, { run: found.run, item });
      return { item: key, ...made, files: [...made.files] };
    },
  );
}

function sessionRoutes(http: Http, parts: Parts): void {
  const querystring = paging.extend({ open: z.enum(['true', 'false']).optional() });
  http.get(
    '/projects/:id/sessions',
    { schema: { params, querystring, response: { 200: answers.sessionPage } } },
    async ({ params: { id }, query }) => {
      const all = await sessionsOf(parts, await findRun(parts, id));
      const wanted = all.filter(
        ({ end }) => query.open === undefined || (end === null) === (query.open === 'true'),
      );
      const { page, next } = pageOf(wanted, query, ({ attempt }) => attempt);
      return { sessions: [...page], next };
    },
  );
  http.get(
    '/projects/:id/sessions/:session/transcript',
    {
      schema: {
        params: params.extend({ session: z.uuid() }),
        querystring: z.object({ after: z.coerce.number().int().min(0).default(0) }),
        response: { 200: answers.transcript },
      },
    },
    async ({ params: { id, session }, query }) => {
      const found = await findRun(parts, id);
      const known = (await sessionsOf(parts, found)).findLast((one) => one.id === session);
      if (known === undefined) throw unknown('SESSION_UNKNOWN', 'session');
      const { lines, next } = await readTranscript(found.project.directory, session, query.after);
      return { session: known, lines: [...lines], next };
    },
  );
}

async function sessionsOf(
  { app: { store } }: Parts,
  { run }: Found,
): Promise<readonly contract.Session[]> {
  const [attempts, living] = await Promise.all([
    store.attempts.list(run.id),
    store.attempts.sessions(run.id),
  ]);
  return attempts.map((attempt) =>
    sessionView(
      attempt,
      living.find(({ attemptId }) => attemptId === attempt.id),
    ),
  );
}
