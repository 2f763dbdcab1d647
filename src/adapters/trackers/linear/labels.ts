import { hasCode } from '../../../domain/errors.ts';
import { BLOCKED_LABEL, saysBlocked } from '../../../domain/work-item.ts';
import type { LinearClient } from './client.ts';
import { CREATE_LABEL, LABELS_BY_ID, LABELS_BY_NAME } from './documents.ts';
import { TAKEN } from './ends.ts';
import { idOf } from './ids.ts';
import { carried } from './item.ts';
import type { Labels } from './item.ts';
import { labelMadeShape, labelsShape } from './shapes.ts';

/** Labels by id and by name, kept as they were last seen. */
export interface LabelBook {
  /** Names of these ids, for issues about to be shown. */
  read(ids: readonly string[]): Promise<Labels>;
  /** Looks up whatever of these is not known yet, at once. */
  learn(ids: readonly string[]): Promise<void>;
  /** Ids of those that Linear can have, for issues of this team; makes the ones it does not have yet. */
  ensure(names: readonly string[], team: string): Promise<readonly string[]>;
  /** The label that says that an item of this team is blocked. */
  blocked(team: string): Promise<string>;
  /** Forgets what people may have renamed. */
  forget(): void;
}

/** Of one request. */
const CHUNK = 100;

interface Label {
  readonly name: string;
  /** Only its issues can have it; null: those of all teams. */
  readonly team: string | null;
}

export function createLabelBook(client: LinearClient): LabelBook {
  const labels = new Map<string, Label>();
  const learn = async (ids: readonly string[]): Promise<void> => {
    const unknown = [...new Set(ids)].filter((id) => !labels.has(id));
    for (let start = 0; start < unknown.length; start += CHUNK) {
      const chunk = unknown.slice(start, start + CHUNK);
      const found = await client.ask({
        document: LABELS_BY_ID,
        variables: { ids: chunk },
        shape: labelsShape,
      });
      for (const { id, name, team } of found) labels.set(id, { name, team: team?.id ?? null });
    }
  };
  const nameOf = (id: string): string => labels.get(id)?.name ?? '';
  const one = async (name: string, team: string): Promise<string> => {
    const known = [...labels].find(
      ([, label]) =>
        label.name.toLowerCase() === name.toLowerCase() && [null, team].includes(label.team),
    );
    if (known !== undefined) return known[0];
    const id = await findOrMake(client, name, team);
    labels.set(id, { name, team });
    return id;
  };
  return {
    learn,
    async read(ids) {
      await learn(ids);
      const blockedIds = ids.filter((id) => saysBlocked(nameOf(id)));
      const names = ids.map(nameOf).filter((name) => name !== '' && !saysBlocked(name));
      return { names, blocked: blockedIds.length > 0, blockedIds };
    },
    async ensure(wanted, team) {
      const ids: string[] = [];
      for (const name of wanted.filter(carried)) ids.push(await one(name, team));
      return [...new Set(ids)];
    },
    blocked: (team) => one(BLOCKED_LABEL, team),
    forget: () => labels.clear(),
  };
}

/**
 * Two that make the same label at once: the second finds what the first made. One that a person deleted
 * has taken its id with it, and the next gets another.
 */
async function findOrMake(client: LinearClient, name: string, team: string): Promise<string> {
  const found = await find(client, name, team);
  if (found !== undefined) return found;
  const id = idOf('label', team, name.toLowerCase());
  try {
    return await make(client, { id, name, teamId: team });
  } catch (error) {
    if (!hasCode(error, TAKEN) && !hasCode(error, 'TRACKER_REFUSED')) throw error;
    const made = await find(client, name, team);
    if (made === undefined && hasCode(error, TAKEN)) return make(client, { name, teamId: team });
    if (made === undefined) throw error;
    return made;
  }
}

function make(client: LinearClient, input: Readonly<Record<string, string>>): Promise<string> {
  return client.ask({ document: CREATE_LABEL, variables: { input }, shape: labelMadeShape });
}

async function find(client: LinearClient, name: string, team: string): Promise<string | undefined> {
  const names = [{ name: { eqIgnoreCase: name } }];
  const found = await client.ask({
    document: LABELS_BY_NAME,
    variables: { names, team },
    shape: labelsShape,
  });
  return found[0]?.id;
}
