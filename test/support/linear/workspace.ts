import { createStore } from './store.ts';
import type { Entity, Store } from './store.ts';

export interface StateOrder {
  readonly name: string;
  readonly type: string;
}

/** The states of a new team in Linear. */
export const STATES: readonly StateOrder[] = [
  { name: 'Backlog', type: 'backlog' },
  { name: 'Todo', type: 'unstarted' },
  { name: 'In Progress', type: 'started' },
  { name: 'In Review', type: 'started' },
  { name: 'Done', type: 'completed' },
  { name: 'Canceled', type: 'canceled' },
  { name: 'Duplicate', type: 'canceled' },
];

export interface Workspace {
  readonly store: Store;
  readonly viewerId: string;
}

/** A workspace with one person and these teams, each with its states. */
export function createWorkspace(order: {
  readonly now: () => number;
  readonly teams: readonly { readonly key: string; readonly name: string }[];
  readonly states: readonly StateOrder[];
}): Workspace {
  const store = createStore(order.now);
  store.insert('Organization', { name: 'Fake', urlKey: 'fake' });
  const viewer = store.insert('User', {
    name: 'Ada Fake',
    displayName: 'ada',
    email: 'ada@fake.invalid',
    active: true,
    admin: true,
    guest: false,
  });
  for (const { key, name } of order.teams) addTeam(store, { key, name, states: order.states });
  return { store, viewerId: viewer.id };
}

function addTeam(
  store: Store,
  order: { readonly key: string; readonly name: string; readonly states: readonly StateOrder[] },
): Entity {
  const { key, name, states } = order;
  const team = store.insert('Team', { key, name, displayName: name });
  for (const [position, state] of states.entries())
    store.insert('WorkflowState', { ...state, position, color: '#888888', teamId: team.id });
  return team;
}
