import type {
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
  FastifyBaseLogger,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { App } from '../app.ts';
import type { RunSettings } from '../domain/run.ts';
import type { Streams } from './event-stream.ts';
import type { Keeper } from './keep-hosted.ts';

/** Fastify with schemas that give their types to the handlers. */
export type Http = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What a run with a scripted model builds, and what that changes in its settings. */
export interface RehearsalPlan {
  readonly idea: string;
  readonly settings: RunSettings;
}

/** What every route works with. */
export interface Parts {
  readonly app: App;
  readonly log: (line: string) => void;
  readonly streams: Streams;
  readonly keeper: Keeper;
  readonly rehearsalOf: (settings: RunSettings) => Promise<RehearsalPlan>;
  /** Who acts here, for the records. */
  readonly person: string;
  readonly version: string;
  /** Folder of the built dashboard, which need not be there. */
  readonly pages: string;
}
