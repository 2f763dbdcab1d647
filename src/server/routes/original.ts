import { z } from 'zod';
import { controlRun, giveAnswer, resumeRun } from '../actions.ts';
import { changeProject, createProject } from '../contract/requests.ts';
import {
  itemStatus,
  phase,
  project,
  projectId,
  runStatus,
  workCounts,
  workItem,
} from '../contract/resources.ts';
import type * as contract from '../contract.ts';
import { findProject, findRun, viewOf } from '../find.ts';
import type { Http, Parts } from '../parts.ts';
import { Refusal } from '../problems.ts';
import * as projects from '../project-actions.ts';
import { countsOf, itemView, phaseView } from '../views.ts';
import { projectViews } from './projects.ts';

const params = z.object({ id: projectId });
const window = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
});
/** A project has no settings of its own: those in `orchestrator.yaml` and of each run hold. */
const config = z.strictObject({}).optional();
const flag = z.enum(['true', 'false']).default('false');

const originalProject = z
  .object({
    ...project.shape,
    status: runStatus,
    phases: z.array(phase).optional(),
    progress: workCounts.optional(),
  })
  .meta({ id: 'OriginalProject' });
const done = z
  .object({
    success: z.boolean(),
    message: z.string(),
    project_id: z.string(),
    details: z.looseObject({}),
  })
  .meta({ id: 'OriginalActionResult' });

/** The paths of the original system, which had no versions: its questions and answers, on real runs. */
export function originalRoutes(http: Http, parts: Parts): void {
  originalProjects(http, parts);
  originalChanges(http, parts);
  originalActions(http, parts);
  originalAnswer(http, parts);
  originalItems(http, parts);
}

function originalProjects(http: Http, parts: Parts): void {
  const page = z.object({
    projects: z.array(originalProject),
    total: z.int(),
    limit: z.int(),
    offset: z.int(),
  });
  const querystring = window.extend({ status: runStatus.optional() });
  http.get('/projects', { schema: { querystring, response: { 200: page } } }, async ({ query }) => {
    const { limit, offset, status } = query;
    const all = (await projectViews(parts)).map(withStatus);
    const wanted = all.filter((one) => status === undefined || one.status === status);
    return { projects: wanted.slice(offset, offset + limit), total: wanted.length, limit, offset };
  });
  const body = createProject.extend({ config });
  http.post(
    '/projects',
    { schema: { body, response: { 201: originalProject } } },
    async (request, reply) => {
      const { config: _, ...order } = request.body;
      const made = await projects.createProject(parts, order);
      reply.code(201).header('location', `/projects/${made.id}`);
      return withStatus(await viewOf(parts, made));
    },
  );
  const wanted = z.object({ include_phases: flag, include_progress: flag });
  http.get(
    '/projects/:id',
    { schema: { params, querystring: wanted, response: { 200: originalProject } } },
    async ({ params: { id }, query }) => {
      const found = await viewOf(parts, await findProject(parts, id));
      return {
        ...withStatus(found),
        ...(query.include_phases === 'true' ? { phases: await phasesOf(parts, found) } : {}),
        ...(query.include_progress === 'true' ? { progress: await progressOf(parts, found) } : {}),
      };
    },
  );
}

function originalChanges(http: Http, parts: Parts): void {
  const body = changeProject.extend({ config });
  http.patch(
    '/projects/:id',
    { schema: { params, body, response: { 200: originalProject } } },
    async ({ params: { id }, body: change }) => {
      const changed = await projects.changeProject(parts, await findProject(parts, id), change);
      return withStatus(await viewOf(parts, changed));
    },
  );
  http.delete(
    '/projects/:id',
    { schema: { params, response: { 204: z.null() } } },
    async (request, reply) => {
      await projects.removeProject(parts, await findProject(parts, request.params.id));
      reply.code(204);
      return null;
    },
  );
}

function withStatus(one: contract.Project): z.output<typeof originalProject> {
  return { ...one, status: one.run?.status ?? 'pending' };
}

async function phasesOf({ app }: Parts, { run }: contract.Project): Promise<contract.Phase[]> {
  if (run === null) return [];
  return (await app.store.phases.list(run.id)).map((one) => phaseView(one, run));
}

async function progressOf({ app }: Parts, { run }: contract.Project): Promise<contract.WorkCounts> {
  return countsOf(run === null ? [] : await app.store.items.ofRun(run.id));
}

function originalActions(http: Http, parts: Parts): void {
  const response = { 200: done };
  const resume = z.strictObject({ force: z.boolean().optional() });
  http.post(
    '/projects/:id/resume',
    { schema: { params, body: resume.optional(), response } },
    async ({ params: { id }, body }) => {
      const found = await findRun(parts, id);
      const held = ['paused', 'stopped', 'limited', 'failed'].includes(found.run.status);
      if (!held && body?.force !== true)
        throw wrongState(`is ${found.run.status}: nothing to resume`);
      return result('resumed', await resumeRun(parts, found, {}));
    },
  );
  const stop = z.strictObject({
    reason: z.string().max(1000).optional(),
    force: z.boolean().optional(),
  });
  http.post(
    '/projects/:id/stop',
    { schema: { params, body: stop.optional(), response } },
    async ({ params: { id }, body }) => {
      const found = await findRun(parts, id);
      if (found.run.endedAt !== null) throw wrongState(`is ${found.run.status}: nothing to stop`);
      const force = body?.force === true;
      return result('stopping', await controlRun(parts, found, force ? 'stop_now' : 'stop'));
    },
  );
}

function originalAnswer(http: Http, parts: Parts): void {
  const response = { 200: done };
  const approve = z.strictObject({
    approved: z.boolean().default(true),
    comment: z.string().max(20_000).optional(),
  });
  http.post(
    '/projects/:id/approve',
    { schema: { params, body: approve.optional(), response } },
    async ({ params: { id }, body }) => {
      const found = await findRun(parts, id);
      const { approved = true, comment } = body ?? {};
      const [oldest] = await parts.app.store.approvals.pending(found.run.id);
      if (oldest === undefined) throw wrongState('waits for no approval');
      const by = parts.person;
      const answer = approved
        ? ({ kind: 'approved', by } as const)
        : ({
            kind: 'rejected',
            by,
            reason: comment?.trim() || 'rejected without a comment',
          } as const);
      const order = { approval: oldest.id, state: oldest.stateHash, answer };
      const { run, ...said } = await giveAnswer(parts, found, order);
      return { ...result(said.answer, run), details: { ...said, run } };
    },
  );
}

/** The original said 400 to what comes at the wrong time. */
function wrongState(what: string): Refusal {
  return new Refusal(400, 'WRONG_STATE', { detail: `The project ${what}` });
}

function result(what: string, run: contract.Run): z.output<typeof done> {
  return {
    success: true,
    message: `Project ${what}`,
    project_id: run.project_id,
    details: { run },
  };
}

function originalItems(http: Http, parts: Parts): void {
  const querystring = window.extend({
    status: itemStatus.optional(),
    phase: z.string().max(50).optional(),
  });
  const page = z.object({
    items: z.array(workItem),
    total: z.int(),
    limit: z.int(),
    offset: z.int(),
  });
  http.get(
    '/projects/:id/work-items',
    { schema: { params, querystring, response: { 200: page } } },
    async ({ params: { id }, query }) => {
      await findProject(parts, id);
      const { limit, offset, status, phase: of = 'implement' } = query;
      const run = await parts.app.store.runs.latest(id);
      const all =
        run === undefined || of !== 'implement' ? [] : await parts.app.store.items.ofRun(run.id);
      const wanted = all.filter((item) => status === undefined || item.status === status);
      return {
        items: wanted.slice(offset, offset + limit).map(itemView),
        total: wanted.length,
        limit,
        offset,
      };
    },
  );
}
