import type {
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
  FastifyBaseLogger,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { App } from '../app.ts';
import type { Streams } from './event-stream.ts';

/** Fastify with schemas that give their types to the handlers. */
export type Http = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What every route works with. */
export interface Parts {
  readonly app: App;
  readonly log: (line: string) => void;
  readonly streams: Streams;
  readonly version: string;
  /** Folder of the built dashboard, which need not be there. */
  readonly pages: string;
}
