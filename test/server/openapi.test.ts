import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { aServer, type TestServer } from './a-server.ts';

const FILE = join(import.meta.dirname, '../../docs/openapi.json');

let server: TestServer;

beforeAll(async () => {
  server = await aServer();
});

afterAll(() => server[Symbol.asyncDispose]());

const documentShape = z.looseObject({
  openapi: z.literal('3.1.0'),
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ responses: z.looseObject({}) })),
  ),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

test('R-102 the description is that of the sources; `npm run openapi` writes it', async () => {
  const { status, json } = await server.ask('/openapi.json', { headers: { authorization: '' } });
  expect(status).toBe(200);
  await expect(`${JSON.stringify(json, null, 1)}\n`).toMatchFileSnapshot(FILE);
});

test('R-102 the description is OpenAPI 3.1 by the rules of others', async () => {
  const { json } = await server.ask('/openapi.json');
  const validator = new Validator();
  const { valid, errors } = await validator.validate(documentShape.parse(json));
  expect([validator.version, errors, valid]).toEqual(['3.1', undefined, true]);
  const wrong = documentShape.parse({ ...documentShape.parse(json), paths: { x: {} } });
  expect((await new Validator().validate(wrong)).valid).toBe(false);
});

test('every reference of the description leads somewhere', async () => {
  const { json } = await server.ask('/openapi.json');
  const { components } = documentShape.parse(json);
  const references = [...JSON.stringify(json).matchAll(/"#\/components\/schemas\/([^"]+)"/gu)];
  expect(references.length).toBeGreaterThan(20);
  for (const [, name = ''] of references) expect(Object.keys(components.schemas)).toContain(name);
});

/** What INTERFACE promises, each under /v1; and the original's own below. */
const PROMISED = [
  'get /health',
  'get /health/live',
  'get /health/ready',
  'get /health/detailed',
  'get /projects',
  'post /projects',
  'get /projects/{id}',
  'patch /projects/{id}',
  'delete /projects/{id}',
  'post /projects/{id}/run',
  'post /projects/{id}/resume',
  'post /projects/{id}/stop',
  'post /projects/{id}/pause',
  'post /projects/{id}/approve',
  'post /projects/{id}/reject',
  'get /projects/{id}/work-items',
  'post /projects/{id}/work-items',
  'get /projects/{id}/work-items/{item}',
  'patch /projects/{id}/work-items/{item}',
  'get /projects/{id}/sessions',
  'get /projects/{id}/approvals',
  'get /projects/{id}/approvals/{approval}',
  'get /projects/{id}/cost',
  'get /projects/{id}/why',
  'get /projects/{id}/sessions/{session}/transcript',
  'get /projects/{id}/diff/{item}',
  'get /projects/{id}/board',
  'get /projects/{id}/documents',
  'get /projects/{id}/events',
  'get /events',
  'get /metrics',
  'post /webhooks/linear',
  'post /webhooks/github',
];

const ORIGINAL = [
  'get /health',
  'get /health/live',
  'get /health/ready',
  'get /health/detailed',
  'get /projects',
  'post /projects',
  'get /projects/{id}',
  'patch /projects/{id}',
  'delete /projects/{id}',
  'post /projects/{id}/resume',
  'post /projects/{id}/stop',
  'post /projects/{id}/approve',
  'get /projects/{id}/work-items',
];

test('R-102 every promised path is described and there', async () => {
  const { paths } = documentShape.parse((await server.ask('/openapi.json')).json);
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  const wanted = [...PROMISED.map((one) => one.replace(' /', ' /v1/')), ...ORIGINAL];
  expect(described.toSorted()).toEqual(wanted.toSorted());
});

test('people read the same in a page without scripts', async () => {
  const { status, json, headers } = await server.ask('/docs', { headers: { authorization: '' } });
  expect([status, json]).toEqual([200, expect.stringContaining('POST /v1/projects/{id}/approve')]);
  expect(json).not.toContain('<script');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
});
