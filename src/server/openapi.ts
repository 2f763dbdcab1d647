import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { Http, Parts } from './parts.ts';

/** Collects the description from the very schemas that validate; before any route. */
export async function describe(http: Http, { version }: Parts): Promise<void> {
  await http.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Coding Agent Harness',
        version,
        description:
          'Projects, runs, work items, approvals and events. Paths without /v1 are those of the original system. Every refusal is a problem by RFC 9457.',
      },
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      },
      security: [{ token: [] }],
    },
    transform: (route) => {
      const { schema, url } = jsonSchemaTransform(route);
      const { open = false, signed = false } = route.route.config ?? {};
      const security = open || signed ? { security: [] } : {};
      const response = { ...asRecord(schema['response']), default: PROBLEM };
      return { url, schema: { ...schema, response, ...security, tags: [tagOf(url)] } };
    },
    transformObject: jsonSchemaTransformObject,
  });
}

/** What every path may answer instead. */
const PROBLEM = {
  description: 'Refused: a problem by RFC 9457',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

function asRecord(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function tagOf(url: string): string {
  return url.startsWith('/v1/') ? 'v1' : 'original';
}
