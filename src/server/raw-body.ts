import type { FastifyRequest } from 'fastify';

const bytes = new WeakMap<FastifyRequest, Buffer>();

export function keepRaw(request: FastifyRequest, body: Buffer): void {
  bytes.set(request, body);
}

/** The exact bytes of a body, which signatures are made of. */
export function rawBody(request: FastifyRequest): Buffer {
  return bytes.get(request) ?? Buffer.alloc(0);
}
