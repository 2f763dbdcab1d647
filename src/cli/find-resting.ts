import { dirname } from 'node:path';
import type { Resting, Snapshot } from '../glance.ts';
import { real } from './places.ts';

/** What a command was told, and where it was called; all paths absolute. */
export interface Wanted {
  /** By the flag. */
  readonly named: string | null;
  readonly cwd: string;
  /** By the configuration. */
  readonly configured: string | null;
  readonly workspace: string;
}

/** A run at rest, and whether its place said that it is meant. */
export interface Rested {
  readonly snapshot: Snapshot;
  readonly placed: boolean;
}

/** By the rules of `findProject`; undefined where only the database can answer. */
export async function findResting(
  projects: readonly Resting[],
  wanted: Wanted,
): Promise<Rested | undefined> {
  const placed = await byPlace(projects, wanted);
  if (placed !== undefined) return answer(placed, true);
  if (wanted.named !== null) return undefined;
  const workspace = await real(wanted.workspace);
  const [newest] = projects
    .flatMap((one) => (one.begun === null ? [] : [{ one, begun: one.begun }]))
    .filter(({ one }) => one.directory.startsWith(`${workspace}/`))
    .toSorted((a, b) => b.begun.localeCompare(a.begun));
  return newest && answer(newest.one, false);
}

async function byPlace(
  projects: readonly Resting[],
  { named, cwd, configured }: Wanted,
): Promise<Resting | undefined> {
  const at = async (folder: string): Promise<Resting | undefined> => {
    const directory = await real(folder);
    return projects.find((one) => one.directory === directory);
  };
  if (named !== null) return at(named);
  for (let place = cwd; ; place = dirname(place)) {
    const found = await at(place);
    if (found !== undefined) return found;
    if (dirname(place) === place) return configured === null ? undefined : at(configured);
  }
}

function answer({ snapshot }: Resting, placed: boolean): Rested | undefined {
  return snapshot === null ? undefined : { snapshot, placed };
}
