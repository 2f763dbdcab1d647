import type { FastifyRequest } from 'fastify';
import type { Http } from './parts.ts';
import { Refusal } from './problems.ts';
import { keepRaw } from './raw-body.ts';

/** Deeper is nobody's request. */
const MOST_DEPTH = 32;

const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Bodies are JSON in UTF-8 and nothing else, not deep, and without keys that poison objects. */
export function acceptJsonOnly(app: Http): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, given: Buffer) => {
      keepRaw(request, given);
      return given.length === 0 ? undefined : parsed(given);
    },
  );
}

function parsed(given: Buffer): unknown {
  const text = decoded(given);
  if (depthOf(text) > MOST_DEPTH) throw invalid(`it is nested deeper than ${MOST_DEPTH}`);
  try {
    return JSON.parse(text, refusePoison);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw invalid('it is no JSON');
  }
}

function decoded(given: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(given);
  } catch {
    throw invalid('it is not UTF-8');
  }
}

/** Brackets outside of strings, before anything is built from them. */
function depthOf(text: string): number {
  let [depth, deepest] = [0, 0];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{\]}]/gsu)) {
    if (token === '[' || token === '{') depth += 1;
    if (token === ']' || token === '}') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function refusePoison(key: string, value: unknown): unknown {
  if (FORBIDDEN.has(key)) throw invalid(`the key ${key} is refused`);
  return value;
}

function invalid(why: string): Refusal {
  return new Refusal(400, 'BODY_INVALID', { detail: `The body can't be read: ${why}` });
}
