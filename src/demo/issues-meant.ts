import type { ItemName, WorkTracker } from '../work/tracker.ts';

/**
 * Which issues of the tracker agents mean, by what they say: a name, a lasting id or a key of ours. What a
 * name means by now counts before what it meant when it became a key.
 */
export async function issuesMeant(
  tracker: Pick<WorkTracker, 'adopt' | 'names'>,
  said: readonly string[],
): Promise<ReadonlyMap<string, ItemName>> {
  const known = among(await tracker.names(), said);
  if (said.every((word) => isPlain(known.get(word), word))) return known;
  // It may have been made since, also one that is called as an older one was.
  await tracker.adopt();
  return among(await tracker.names(), said);
}

function isPlain(item: ItemName | undefined, word: string): boolean {
  return item !== undefined && [item.name, item.id].includes(word);
}

function among(items: readonly ItemName[], said: readonly string[]): ReadonlyMap<string, ItemName> {
  const byWord = new Map<string, ItemName>();
  for (const part of ['key', 'id', 'name'] as const)
    for (const item of items) byWord.set(item[part], item);
  return new Map(
    said.flatMap((word) => {
      const item = byWord.get(word);
      return item === undefined ? [] : [[word, item] as const];
    }),
  );
}

/** What people and the tracker's own tools call each item by now, by its key. */
export async function namesOf(
  tracker: Pick<WorkTracker, 'names'>,
): Promise<ReadonlyMap<string, string>> {
  return new Map((await tracker.names()).map(({ key, name }) => [key, name]));
}

type Input = Readonly<Record<string, unknown>>;

/** Where a write about an issue or a comment names issues. */
const ISSUES: ReadonlySet<string> = new Set(['id', 'issueId', 'issue', 'parentId', 'blockedBy']);

/** What such a write says of issues. */
export function issuesIn(input: Input): readonly string[] {
  return Object.entries(input)
    .filter(([key]) => ISSUES.has(key))
    .flatMap(([, said]) => said)
    .filter((word) => typeof word === 'string');
}

/** The same write by ids: a name may mean another issue by the time it arrives. */
export function byId(input: Input, meant: ReadonlyMap<string, ItemName>): Input {
  const idOf = (word: unknown): unknown =>
    typeof word === 'string' ? (meant.get(word)?.id ?? word) : word;
  const idsOf = (said: unknown): unknown => (Array.isArray(said) ? said.map(idOf) : idOf(said));
  return Object.fromEntries(
    Object.entries(input).map(([key, said]) => [key, ISSUES.has(key) ? idsOf(said) : said]),
  );
}
