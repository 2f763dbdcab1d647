import { z } from 'zod';
import type { FastifyRequest } from 'fastify';
import { controlRun, giveAnswer, resumeRun, startRun, type Answering } from '../actions.ts';
import * as requests from '../contract/requests.ts';
import { answered, project, projectId, run } from '../contract/resources.ts';
import { findProject, findRun, viewOf } from '../find.ts';
import type { Http, Parts } from '../parts.ts';
import { Refusal } from '../problems.ts';
import { changeProject, createProject, removeProject } from '../project-actions.ts';

const params = z.object({ id: projectId });

/** Everything that is done to projects and their runs. */
export function actingRoutes(http: Http, parts: Parts): void {
  projectActions(http, parts);
  runActions(http, parts);
  answerActions(http, parts);
}

function projectActions(http: Http, parts: Parts): void {
  http.post(
    '/projects',
    { schema: { body: requests.createProject, response: { 201: project } } },
    async ({ body }, reply) => {
      const made = await createProject(parts, body);
      reply.code(201).header('location', `/v1/projects/${made.id}`);
      return viewOf(parts, made);
    },
  );
  http.patch(
    '/projects/:id',
    { schema: { params, body: requests.changeProject, response: { 200: project } } },
    async ({ params: { id }, body }) =>
      viewOf(parts, await changeProject(parts, await findProject(parts, id), body)),
  );
  http.delete(
    '/projects/:id',
    { schema: { params, response: { 204: z.null() } } },
    async ({ params: { id } }, reply) => {
      await removeProject(parts, await findProject(parts, id));
      reply.code(204);
      return null;
    },
  );
}

function runActions(http: Http, parts: Parts): void {
  const response = { 202: run };
  http.post(
    '/projects/:id/run',
    { schema: { params, body: requests.startRun.optional(), response } },
    async ({ params: { id }, body = {} }, reply) => {
      reply.code(202);
      return startRun(parts, await findProject(parts, id), body);
    },
  );
  http.post(
    '/projects/:id/resume',
    { schema: { params, body: requests.resumeRun.optional(), response } },
    async ({ params: { id }, body = {} }, reply) => {
      reply.code(202);
      return resumeRun(parts, await findRun(parts, id), body);
    },
  );
  http.post(
    '/projects/:id/stop',
    { schema: { params, body: requests.stopRun.optional(), response } },
    async ({ params: { id }, body }, reply) => {
      reply.code(202);
      return controlRun(parts, await findRun(parts, id), body?.now === true ? 'stop_now' : 'stop');
    },
  );
  http.post(
    '/projects/:id/pause',
    { schema: { params, body: requests.pauseRun.optional(), response } },
    async ({ params: { id } }, reply) => {
      reply.code(202);
      return controlRun(parts, await findRun(parts, id), 'pause');
    },
  );
}

function answerActions(http: Http, parts: Parts): void {
  const response = { 200: answered };
  const by = parts.person;
  http.post(
    '/projects/:id/approve',
    { schema: { params, body: requests.approve.optional(), response } },
    async ({ params: { id }, body = {}, headers }) => {
      const { text } = body;
      const answer =
        text === undefined
          ? ({ kind: 'approved', by } as const)
          : ({ kind: 'edited', by, text } as const);
      return giveAnswer(parts, await findRun(parts, id), { ...meantBy(headers, body), answer });
    },
  );
  http.post(
    '/projects/:id/reject',
    { schema: { params, body: requests.reject, response } },
    async ({ params: { id }, body, headers }) => {
      const answer = { kind: 'rejected', by, reason: body.reason } as const;
      return giveAnswer(parts, await findRun(parts, id), { ...meantBy(headers, body), answer });
    },
  );
}

/** Who answers says what they saw: another state is another question. */
function meantBy(
  headers: FastifyRequest['headers'],
  body: { readonly approval?: string | undefined; readonly state?: string | undefined },
): Pick<Answering, 'approval' | 'state'> {
  const match = /^(?:W\/)?"([0-9a-f]{12,128})"$/u.exec(headers['if-match'] ?? '')?.[1];
  const state = body.state ?? match;
  if (state !== undefined) return { approval: body.approval ?? null, state };
  throw new Refusal(428, 'STATE_MISSING', {
    detail:
      'Say what you looked at: the `state` of the approval in the body, or its ETag as If-Match',
  });
}
