import { createLinearClient } from './client.ts';
import type { ClientOrder } from './client.ts';
import { COUNT_ISSUES } from './documents.ts';
import { FREE_ISSUES } from './ends.ts';
import { countShape } from './shapes.ts';
import { createWorkspace } from './workspace.ts';
import type { Placing } from './workspace.ts';

/** What a key sees of a workspace. */
export interface LinearView {
  readonly team: string;
  /** Issues that the free plan still has room for; null: a paid plan. */
  readonly room: number | null;
}

/** Looks without writing anything. Throws as the tracker does. */
export async function examineLinear(order: ClientOrder & Placing): Promise<LinearView> {
  const client = createLinearClient(order);
  const { name, free } = await createWorkspace(client, order).team();
  if (!free) return { team: name, room: null };
  const kept = await client.ask({ document: COUNT_ISSUES, variables: {}, shape: countShape });
  return { team: name, room: Math.max(0, FREE_ISSUES - kept) };
}

/** Id of the team that is meant. Throws as the tracker does. */
export async function teamIdOf(order: ClientOrder & Placing): Promise<string> {
  return (await createWorkspace(createLinearClient(order), order).team()).id;
}
