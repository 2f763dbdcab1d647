import rateLimit from '@fastify/rate-limit';
import fastify from 'fastify';
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { hostIdentity, newId } from '../app.ts';
import { leaveTheGone, refuseCrowds } from './crowd.ts';
import { guard, type GateOrder } from './gate.ts';
import { carryOutOnce } from './idempotency.ts';
import { acceptJsonOnly } from './json-body.ts';
import type { Http, Parts } from './parts.ts';
import { errorHandler, problemOf, Refusal, sendProblem } from './problems.ts';
import { describe } from './openapi.ts';
import { actingRoutes } from './routes/acting.ts';
import { docsRoutes } from './routes/docs.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { itemRoutes } from './routes/items.ts';
import { lookingRoutes } from './routes/looking.ts';
import { metricRoutes } from './routes/metrics.ts';
import { originalRoutes } from './routes/original.ts';
import { pageRoutes } from './routes/pages.ts';
import { projectRoutes } from './routes/projects.ts';
import { webhookRoutes } from './routes/webhooks.ts';

/** Longest body, in bytes. */
const MOST_BYTES = 1_048_576;

/** All headers of a request together, in bytes: `Last-Event-ID` names a place in each project. */
const MOST_HEADER_BYTES = 65_536;

/** Requests that one address may make in a minute: a few busy pages. */
const MOST_REQUESTS = 6000;
const MINUTE_MS = 60_000;

/** Within these a request has to be here; who drips is cut off. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const CHECK_MS = 2_000;

/** The HTTP side, not listening yet. */
export async function buildHttp(parts: Parts, gate: GateOrder): Promise<Http> {
  const http = emptyHttp(parts);
  leaveTheGone(http);
  refuseCrowds(http);
  guard(http, gate);
  await http.register(rateLimit, LIMITS);
  carryOutOnce(http, parts.app, await hostIdentity(newId));
  await describe(http, parts);
  docsRoutes(http);
  metricRoutes(http, parts);
  healthRoutes(http, parts);
  await pageRoutes(http, parts);
  originalRoutes(http, parts);
  await http.register(
    async (v1: Http) => {
      healthRoutes(v1, parts);
      projectRoutes(v1, parts);
      itemRoutes(v1, parts);
      lookingRoutes(v1, parts);
      actingRoutes(v1, parts);
      eventRoutes(v1, parts);
      await webhookRoutes(v1, parts);
    },
    { prefix: '/v1' },
  );
  return http;
}

const LIMITS = {
  max: MOST_REQUESTS,
  timeWindow: MINUTE_MS,
  hook: 'preParsing' as const,
  errorResponseBuilder: () =>
    new Refusal(429, 'TOO_MANY', { detail: 'Too many requests; wait a minute' }),
};

function emptyHttp({ log }: Parts): Http {
  const http: Http = fastify({
    bodyLimit: MOST_BYTES,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: 5_000,
    forceCloseConnections: true,
    http: {
      maxHeaderSize: MOST_HEADER_BYTES,
      headersTimeout: HEADERS_MS,
      connectionsCheckingInterval: CHECK_MS,
    },
    routerOptions: { maxParamLength: 300 },
    return503OnClosing: true,
    exposeHeadRoutes: false,
  }).withTypeProvider<ZodTypeProvider>();
  http.setValidatorCompiler(validatorCompiler);
  http.setSerializerCompiler(serializerCompiler);
  http.setErrorHandler(errorHandler(log));
  http.setNotFoundHandler((_, reply) =>
    sendProblem(reply, problemOf(404, 'NOT_FOUND', 'There is nothing at this address')),
  );
  acceptJsonOnly(http);
  return http;
}
