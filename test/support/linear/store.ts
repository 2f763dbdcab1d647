import { randomUUID } from 'node:crypto';

export type Kind =
  | 'Organization'
  | 'User'
  | 'Team'
  | 'WorkflowState'
  | 'IssueLabel'
  | 'Project'
  | 'Issue'
  | 'IssueRelation'
  | 'Comment'
  | 'Attachment'
  | 'AgentSession'
  | 'AgentActivity';

/** Anything that Linear keeps. What else it holds depends on its kind; relations are ids. */
export interface Entity {
  readonly kind: Kind;
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly archivedAt: string | null;
  readonly [name: string]: unknown;
}

export type Values = Readonly<Record<string, unknown>>;

export interface Change {
  readonly action: 'create' | 'update' | 'remove';
  readonly entity: Entity;
  /** Former values of what an update changed. */
  readonly before: Values;
}

/** What an operation is refused with; `code` and `type` are those that Linear gives. */
export class LinearFault extends Error {
  readonly extensions: Values;

  constructor(message: string, extensions: Values) {
    super(message);
    this.extensions = extensions;
  }
}

export function invalidInput(message: string, presentable: string): LinearFault {
  return new LinearFault(message, {
    type: 'invalid input',
    code: 'INPUT_ERROR',
    statusCode: 400,
    userError: true,
    userPresentableMessage: presentable,
  });
}

export function notFound(kind: Kind): LinearFault {
  return invalidInput(`Entity not found: ${kind}`, `Could not find referenced ${kind}.`);
}

/** Everything in a workspace, in memory. Each write has a time of its own, a millisecond apart at least. */
export interface Store {
  all(kind: Kind): readonly Entity[];
  find(kind: Kind, id: unknown): Entity | undefined;
  /** Throws as Linear does when there is no such thing. */
  get(kind: Kind, id: unknown): Entity;
  /** Throws `conflict on insert` when the id is taken, also by what was deleted. */
  insert(kind: Kind, values: Values): Entity;
  update(entity: Entity, change: Values): Entity;
  remove(entity: Entity): void;
  onChange(listener: (change: Change) => void): void;
}

export function createStore(now: () => number): Store {
  const kinds = new Map<Kind, Map<string, Entity>>();
  const removed = new Set<string>();
  const listeners: ((change: Change) => void)[] = [];
  let last = 0;
  const stamp = (): string => {
    last = Math.max(now(), last + 1);
    return new Date(last).toISOString();
  };
  const of = (kind: Kind): Map<string, Entity> => {
    const known = kinds.get(kind) ?? new Map<string, Entity>();
    kinds.set(kind, known);
    return known;
  };
  const tell = (change: Change): void => {
    for (const listener of listeners) listener(change);
  };
  const find = (kind: Kind, id: unknown): Entity | undefined => of(kind).get(String(id));
  return {
    all: (kind) => [...of(kind).values()],
    find,
    get(kind, id) {
      const entity = find(kind, id);
      if (entity === undefined) throw notFound(kind);
      return entity;
    },
    insert(kind, { id: given, ...values }) {
      const id = typeof given === 'string' ? checkedId(given) : randomUUID();
      if (of(kind).has(id) || removed.has(id))
        throw invalidInput(
          `conflict on insert of ${kind}`,
          `Entity ${kind} with id ${id} already exists.`,
        );
      const at = stamp();
      const entity = { kind, id, createdAt: at, updatedAt: at, archivedAt: null, ...values };
      of(kind).set(id, entity);
      tell({ action: 'create', entity, before: {} });
      return entity;
    },
    update(entity, change) {
      const differing = Object.entries(change).filter(([name, value]) => entity[name] !== value);
      if (differing.length === 0) return entity;
      const before = Object.fromEntries(differing.map(([name]) => [name, entity[name]]));
      const after = { ...entity, ...Object.fromEntries(differing), updatedAt: stamp() };
      of(entity.kind).set(entity.id, after);
      tell({ action: 'update', entity: after, before });
      return after;
    },
    remove(entity) {
      of(entity.kind).delete(entity.id);
      removed.add(entity.id);
      tell({ action: 'remove', entity, before: {} });
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function checkedId(id: string): string {
  if (UUID_V4.test(id)) return id;
  throw invalidInput('Argument Validation Error', 'id must be a UUID.');
}
