import { createHash } from 'node:crypto';
import type { HarnessEvent } from '../../domain/event.ts';
import type { Hub } from '../../workspaces/hub.ts';
import type { RunStore } from '../../work/run-store.ts';

/** Where main stands, and where its moves are told. */
export interface Moves {
  readonly store: RunStore;
  readonly hub: Hub;
}

/**
 * What is to be said of main's newest move when whoever made it ended before saying so; mostly
 * nothing. Nobody moves main before this is stored, so the events name its moves in their order.
 */
export async function untoldMove({ store, hub }: Moves): Promise<readonly HarnessEvent[]> {
  const to = await hub.newestMove();
  if (to === undefined || (await store.events.mainMovedTo(hub.projectId, to))) return [];
  const { parent: from, subject, attemptId } = await hub.changeAt(to);
  const attempt = attemptId === null ? undefined : await store.attempts.get(attemptId);
  const cause = attempt === undefined ? subject : (attempt.itemKey ?? attempt.role);
  const documents = attemptId === null ? await documentsOf(hub, from, to) : [];
  return [...documents, { type: 'main.moved', from, to, cause }];
}

/** What is told of the documents that a commit of the harness brought. */
async function documentsOf(hub: Hub, from: string, to: string): Promise<HarnessEvent[]> {
  const events: HarnessEvent[] = [];
  for (const { path } of await hub.changedFiles(from, to))
    events.push(written(path, (await hub.readFile(to, path)) ?? '', to));
  return events;
}

/** The event of a document that came with a commit; it holds the SHA-256 of its text, not the text. */
export function written(path: string, text: string, commit: string): HarnessEvent {
  const hash = createHash('sha256').update(text).digest('hex');
  return { type: 'document.written', path, hash, commit };
}
