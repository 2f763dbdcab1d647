import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from '../domain/errors.ts';

/** How much must be free in a folder. */
interface Need {
  readonly bytes: number;
  /** Inodes: a disk of many small files is full without them, whatever its bytes. */
  readonly files: number;
}

/** What a run wants free in the data folder and in the project's. */
export interface RoomNeeds {
  readonly home: Need;
  readonly project: Need;
}

const MB = 1_000_000;

/** To begin: the database, the hub, and a first clone of a small project with its dependencies. */
export const ROOM_TO_START: RoomNeeds = {
  home: { bytes: 256 * MB, files: 10_000 },
  project: { bytes: 32 * MB, files: 1000 },
};

/** To go on: enough to keep what agents wrote, and to store how it stands. */
export const ROOM_TO_GO_ON: RoomNeeds = {
  home: { bytes: 64 * MB, files: 1000 },
  project: { bytes: 8 * MB, files: 100 },
};

/** The folders whose disks have to have room. */
export interface RoomPlaces {
  /** The data folder. */
  readonly home: string;
  /** The project's folder, which may still have to be made; null: none is meant. */
  readonly project: string | null;
}

/** Which folder has too little room, how much it has and how much it needs; null: both have enough. */
export async function shortageOf(places: RoomPlaces, needs: RoomNeeds): Promise<string | null> {
  const { home, project } = places;
  const inHome = await shortage(home, needs.home, 'point HARNESS_HOME to another disk');
  if (inHome !== null || project === null) return inHome;
  return shortage(project, needs.project, 'choose another folder with --project-dir');
}

async function shortage(folder: string, need: Need, orElse: string): Promise<string | null> {
  const { bavail, bsize, files, ffree } = await statfsAbove(folder);
  const free = bavail * bsize;
  const remedy = `free some space there, or ${orElse}, then go on with \`harness resume\` (or run it again)`;
  if (free < need.bytes)
    return `no space left: the disk of ${folder} has ${inMb(free)} free and ${inMb(need.bytes)} are needed; ${remedy}`;
  // File systems without a fixed number of inodes say 0.
  return files > 0 && ffree < need.files
    ? `no space left: the disk of ${folder} has room for ${ffree} files and ${need.files} are needed; ${remedy}`
    : null;
}

function inMb(bytes: number): string {
  return `${Math.floor(bytes / MB)} MB`;
}

/** Of the folder, or of the nearest one above it that exists. */
async function statfsAbove(folder: string): Promise<StatsFs> {
  try {
    return await statfs(folder);
  } catch (error) {
    const above = dirname(folder);
    if (above === folder || !(hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR'))) throw error;
    return statfsAbove(above);
  }
}
