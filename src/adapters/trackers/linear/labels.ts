import { HarnessError, hasCode } from '../../../domain/errors.ts';
import { BLOCKED_LABEL, saysBlocked } from '../../../domain/work-item.ts';
import type { LinearClient } from './client.ts';
import { CREATE_LABEL, LABELS_BY_ID, LABELS_BY_NAME } from './documents.ts';
import { TAKEN } from './ends.ts';
import { idOf } from './ids.ts';
import { carried } from './item.ts';
import type { Labels } from './item.ts';
import { labelMadeShape, labelsShape } from './shapes.ts';
import type { FoundLabel } from './shapes.ts';

/** Labels by id and by name, kept as they were last seen. */
export interface LabelBook {
  /** Names of these ids, for issues about to be shown. */
  read(ids: readonly string[]): Promise<Labels>;
  /** Looks up whatever of these is not known yet, at once. */
  learn(ids: readonly string[]): Promise<void>;
  /** Those that an issue of this team can have; makes the ones that Linear does not have yet. */
  ensure(names: readonly string[], team: string): Promise<Ensured>;
  /** The label that says that an item of this team is blocked. */
  blocked(team: string): Promise<string>;
  /** Forgets what people may have renamed. */
  forget(): void;
}

interface Ensured {
  readonly ids: readonly string[];
  /** Names that no issue can have there, or not beside the others: of groups, and of a second one of a group. */
  readonly left: readonly string[];
}

/** Of one request. */
const CHUNK = 100;

interface Label {
  readonly name: string;
  /** Only its issues can have it; null: those of all teams. */
  readonly team: string | null;
  /** No issue has it: it is what others are of. */
  readonly isGroup: boolean;
  /** Of the labels of one group an issue has one. */
  readonly group: string | null;
}

export function createLabelBook(client: LinearClient): LabelBook {
  const labels = new Map<string, Label>();
  const learn = (ids: readonly string[]): Promise<void> => lookUp(client, labels, ids);
  const nameOf = (id: string): string => labels.get(id)?.name ?? '';
  const one = async (name: string, team: string): Promise<readonly [string, Label]> => {
    const known = [...labels].find(
      ([, label]) =>
        label.name.toLowerCase() === name.toLowerCase() && [null, team].includes(label.team),
    );
    if (known !== undefined) return known;
    const { id, ...label } = await findOrMake(client, name, team);
    labels.set(id, label);
    return [id, label];
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
      const found = new Map<string, Label>();
      const left: string[] = [];
      for (const name of wanted.filter(carried)) {
        const [id, label] = await one(name, team);
        if (fits(label, id, found)) found.set(id, label);
        else left.push(name);
      }
      return { ids: [...found.keys()], left };
    },
    async blocked(team) {
      const [id, { isGroup }] = await one(BLOCKED_LABEL, team);
      if (isGroup) throw blockedIsGroup();
      return id;
    },
    forget: () => labels.clear(),
  };
}

/** Adds those that are not known yet. */
async function lookUp(
  client: LinearClient,
  labels: Map<string, Label>,
  ids: readonly string[],
): Promise<void> {
  const unknown = [...new Set(ids)].filter((id) => !labels.has(id));
  for (let start = 0; start < unknown.length; start += CHUNK) {
    const chunk = unknown.slice(start, start + CHUNK);
    const found = await client.ask({
      document: LABELS_BY_ID,
      variables: { ids: chunk },
      shape: labelsShape,
    });
    for (const label of found) labels.set(label.id, labelOf(label));
  }
}

function labelOf({ name, team, isGroup, parent }: FoundLabel): Label {
  return { name, team: team?.id ?? null, isGroup, group: parent?.id ?? null };
}

function fits({ isGroup, group }: Label, id: string, others: ReadonlyMap<string, Label>): boolean {
  if (isGroup) return false;
  return group === null || [...others].every(([other, one]) => other === id || one.group !== group);
}

function blockedIsGroup(): HarnessError {
  return new HarnessError(
    'TRACKER_MISPLACED',
    `Linear has a group of labels called ${BLOCKED_LABEL}, and blocked items get a label of that name: rename the group in Linear`,
    { exit: 2 },
  );
}

interface NamedLabel extends Label {
  readonly id: string;
}

/**
 * Two that make the same label at once: the second finds what the first made. One that a person deleted
 * has taken its id with it, and the next gets another.
 */
async function findOrMake(client: LinearClient, name: string, team: string): Promise<NamedLabel> {
  const found = await find(client, name, team);
  if (found !== undefined) return found;
  const id = idOf('label', team, name.toLowerCase());
  const made = { name, team, isGroup: false, group: null };
  try {
    return { ...made, id: await make(client, { id, name, teamId: team }) };
  } catch (error) {
    if (!hasCode(error, TAKEN) && !hasCode(error, 'TRACKER_REFUSED')) throw error;
    const theirs = await find(client, name, team);
    if (theirs === undefined && hasCode(error, TAKEN))
      return { ...made, id: await make(client, { name, teamId: team }) };
    if (theirs === undefined) throw error;
    return theirs;
  }
}

function make(client: LinearClient, input: Readonly<Record<string, string>>): Promise<string> {
  return client.ask({ document: CREATE_LABEL, variables: { input }, shape: labelMadeShape });
}

async function find(
  client: LinearClient,
  name: string,
  team: string,
): Promise<NamedLabel | undefined> {
  const names = [{ name: { eqIgnoreCase: name } }];
  const found = await client.ask({
    document: LABELS_BY_NAME,
    variables: { names, team },
    shape: labelsShape,
  });
  const meant = found.find(({ isGroup }) => !isGroup) ?? found[0];
  return meant && { ...labelOf(meant), id: meant.id };
}
