import { createHash } from 'node:crypto';
import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { contentOf, walk, type Found as Entry } from '../workspaces/no-follow.ts';

/** A picture of a page, as a session took it. */
interface Screenshot {
  /** Name of its file in the folder it was kept in. */
  readonly file: string;
  readonly bytes: number;
  /** SHA-256, in hex. */
  readonly hash: string;
}

export interface KeepOrder {
  /** Folder that a session wrote: hostile. */
  readonly from: string;
  /** Folder of ours, made when there is something to keep. */
  readonly to: string;
  /** Beginning of the files' names, so that tries of one item don't overwrite each other. */
  readonly prefix: string;
}

export interface Kept {
  readonly screenshots: readonly Screenshot[];
  /** Files that were no picture, too large, or too many. */
  readonly left: number;
}

/** A full page at twice the usual density has 5 MB. */
const MOST_BYTES = 8 * 1024 ** 2;
const MOST_FILES = 40;
const MOST_TOGETHER = 64 * 1024 ** 2;
/** After so many that are none, nobody looks for more. */
const MOST_LEFT = 1000;

/**
 * Copies the pictures that a session left, the oldest first, by their content and not by their names.
 * Links are not followed, and what is no picture stays where it is.
 */
export async function keepScreenshots({ from, to, prefix }: KeepOrder): Promise<Kept> {
  const { pictures, left } = await picturesIn(from);
  if (pictures.length > 0) await mkdir(to, { recursive: true });
  const screenshots: Screenshot[] = [];
  for (const { content, type, name } of pictures) {
    const number = String(screenshots.length + 1).padStart(2, '0');
    const file = `${[prefix, number, name].filter((part) => part !== '').join('-')}.${type}`;
    await writeFile(join(to, file), content);
    const hash = createHash('sha256').update(content).digest('hex');
    screenshots.push({ file, bytes: content.length, hash });
  }
  return { screenshots, left };
}

interface Picture {
  readonly content: Buffer;
  readonly type: string;
  readonly name: string;
  readonly madeAt: bigint;
}

interface Pictures {
  readonly pictures: readonly Picture[];
  readonly left: number;
}

async function picturesIn(folder: string): Promise<Pictures> {
  const there = await lstat(folder).catch(() => undefined);
  if (there?.isDirectory() !== true) return { pictures: [], left: there === undefined ? 0 : 1 };
  const pictures: Picture[] = [];
  let [left, room] = [0, MOST_TOGETHER];
  const lost = (): void => void (left += 1);
  for await (const found of walk(folder, { enter: () => true, lost })) {
    const picture = pictureAt(found, Math.min(room, MOST_BYTES));
    if (picture !== undefined && pictures.length < MOST_FILES) {
      room -= picture.content.length;
      pictures.push(picture);
    } else left += 1;
    if (left > MOST_LEFT) break;
  }
  return { pictures: pictures.toSorted((a, b) => (a.madeAt < b.madeAt ? -1 : 1)), left };
}

function pictureAt({ at, path, stats }: Entry, mostBytes: number): Picture | undefined {
  const content = stats.isFile() ? contentOf(at, mostBytes) : undefined;
  const type = content && typeOf(content);
  if (content === undefined || type === undefined) return undefined;
  return { content, type, name: plainName(path.toString()), madeAt: stats.mtimeNs };
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

/** By the first bytes: names say what their writer likes. */
function typeOf(content: Buffer): 'png' | 'jpeg' | 'webp' | undefined {
  if (content.subarray(0, PNG.length).equals(PNG)) return 'png';
  if (content.subarray(0, JPEG.length).equals(JPEG)) return 'jpeg';
  const riff = content.subarray(0, 4).toString('latin1') === 'RIFF';
  return riff && content.subarray(8, 12).toString('latin1') === 'WEBP' ? 'webp' : undefined;
}

/** What a person can still recognise of the agent's own name for it. */
function plainName(path: string): string {
  const name = basename(path).replace(/\.(?:png|jpe?g|webp)$/iu, '');
  return name
    .replaceAll(/[^A-Za-z0-9]+/gu, '-')
    .replaceAll(/^-|-$/gu, '')
    .slice(0, 60);
}
