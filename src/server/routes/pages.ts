import { access } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Http, Parts } from '../parts.ts';

/** Our own scripts and styles, and talking to ourselves: nothing else. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const page = { config: { open: true, page: true }, schema: { hide: true } } as const;

/** The dashboard for browsers at `/`; programs learn there what this is. */
export async function pageRoutes(http: Http, parts: Parts): Promise<void> {
  await http.register(fastifyStatic, { root: parts.pages, serve: false, dotfiles: 'ignore' });
  http.get('/', page, async (request, reply) => {
    reply.header('vary', 'accept');
    if (!wantsPage(request)) return about(parts);
    return (await isBuilt(parts)) ? send(reply, 'index.html') : notBuilt(reply);
  });
  http.get(
    '/assets/*',
    { ...page, schema: { hide: true, params: z.object({ '*': z.string() }) } },
    async ({ params }, reply) => {
      // Their names hold a hash of what is in them.
      reply.header('cache-control', 'public, max-age=31536000, immutable');
      return send(reply, `assets/${params['*']}`);
    },
  );
  http.get('/favicon.svg', page, async (_, reply) => send(reply, 'favicon.svg'));
}

function wantsPage({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept.includes('text/html');
}

function send(reply: FastifyReply, file: string): FastifyReply {
  reply.header('content-security-policy', POLICY);
  return reply.sendFile(file, { cacheControl: false });
}

function about({ version }: Parts): Readonly<Record<string, string>> {
  return {
    name: 'Coding Agent Harness',
    version,
    status: 'running',
    docs: '/docs',
    openapi: '/openapi.json',
    health: '/health',
  };
}

async function isBuilt({ pages }: Parts): Promise<boolean> {
  return access(join(pages, 'index.html')).then(
    () => true,
    () => false,
  );
}

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>harness</title>
<h1>harness</h1><p>The dashboard is not built here: <code>npm run build</code> makes it. The API is described in
<a href="/openapi.json">/openapi.json</a>.</p></html>`;

function notBuilt(reply: FastifyReply): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(NOT_BUILT);
}
