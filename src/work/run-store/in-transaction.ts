import type { ClientBase } from 'pg';

/**
 * Work that commits with the facts beside it or not at all: the engine enqueues a workflow or sends
 * a message on this client, inside the open transaction.
 */
export type InTransaction = (client: ClientBase) => Promise<void>;
