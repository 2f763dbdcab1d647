import { fstatSync, read, readSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { HarnessError } from '../domain/errors.ts';
import { gitFailed, type Git } from './git.ts';

/** A pack inside an open file. */
interface Pack {
  readonly fd: number;
  readonly offset: number;
  readonly maxBytes: number;
  /** Overlooks the harmless faults of old histories. */
  readonly lenient?: true;
}

/** What a bundle says of itself, before anything of it is believed. */
export interface BundleHeader {
  readonly tips: readonly string[];
  /** Where the pack begins, in bytes. */
  readonly offset: number;
}

/** As `git fetch`: fewer objects than this become loose ones, so that packs don't pile up. */
const LOOSE_LIMIT = 100;
/** A bundle of 1,000 references fits easily. */
const MAX_HEADER = 256 * 1024;
const CHUNK = 256 * 1024;
const readAt = promisify(read);
/** Faults of old histories that harm nobody; a user's own past must not be refused for them. */
const OLD_FAULTS = [
  'badTimezone',
  'missingSpaceBeforeDate',
  'zeroPaddedFilemode',
  'missingTaggerEntry',
  'badDate',
  'badDateOverflow',
];

/** Reads a bundle's header; undefined when this is no bundle we take. */
export function readBundleHeader(fd: number): BundleHeader | undefined {
  const head = Buffer.alloc(MAX_HEADER);
  const text = head.subarray(0, readSync(fd, head, 0, MAX_HEADER, 0)).toString('latin1');
  const end = text.indexOf('\n\n');
  if (end < 0 || !text.startsWith('# v2 git bundle\n')) return undefined;
  const lines = text.slice(0, end).split('\n').slice(1);
  const tips = lines.flatMap((line) => /^([0-9a-f]{40}) \S/.exec(line)?.[1] ?? []);
  const known = lines.every((line) => /^-?[0-9a-f]{40}( |$)/.test(line));
  return known && tips.length > 0 ? { tips, offset: end + 2 } : undefined;
}

/**
 * Takes the objects of a pack into a repository, each checked (`--strict`: fsck, and everything
 * referred to is there). Gives git's complaint back when it refuses them, else undefined.
 */
export async function absorb(git: Git, gitDir: string, pack: Pack): Promise<string | undefined> {
  const count = Buffer.alloc(4);
  readSync(pack.fd, count, 0, 4, pack.offset + 8);
  const overlooked = OLD_FAULTS.map((fault) => `${fault}=ignore`).join(',');
  const strict = pack.lenient === true ? `--strict=${overlooked}` : '--strict';
  const limit = `--max-input-size=${pack.maxBytes}`;
  const args =
    count.readUInt32BE() < LOOSE_LIMIT
      ? ['unpack-objects', '-q', strict, limit]
      : ['index-pack', '--stdin', '--fix-thin', strict, limit];
  const { size } = fstatSync(pack.fd);
  const input =
    size - pack.offset <= CHUNK
      ? await wholeOf(pack.fd, pack.offset)
      : Readable.from(bytesOf(pack.fd, pack.offset), { objectMode: false });
  const outcome = await git.run({ gitDir, args, input });
  return outcome.exit === 0 ? undefined : outcome.stderr.trim().slice(-500);
}

async function wholeOf(fd: number, offset: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bytesOf(fd, offset)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Not a file stream: that would close a descriptor which is its caller's. */
async function* bytesOf(fd: number, offset: number): AsyncGenerator<Buffer> {
  for (let position = offset; ;) {
    const chunk = Buffer.alloc(CHUNK);
    const { bytesRead } = await readAt(fd, chunk, 0, CHUNK, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

/** Objects that one repository wants of another; both are folders. */
export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly want: string;
  /** Commits both sides have. */
  readonly have: readonly string[];
  /** A folder for the pack on its way. */
  readonly scratch: string;
  /** For histories that people made: see OLD_FAULTS. */
  readonly lenient?: true;
}

/**
 * Brings a commit and all it needs from one repository to another without a transport: nothing
 * configured in either can run. Throws GIT_FAILED or OBJECTS_REFUSED.
 */
export async function transfer(git: Git, order: Transfer): Promise<void> {
  const folder = await mkdtemp(join(order.scratch, 'pack-'));
  const packed = join(folder, 'objects');
  try {
    const making = {
      gitDir: order.from,
      args: ['pack-objects', '--revs', '--stdout', '--thin', '--delta-base-offset', '-q'],
      input: [order.want, ...order.have.map((commit) => `^${commit}`), ''].join('\n'),
      outputFile: packed,
    };
    const made = await git.run(making);
    if (made.exit !== 0) throw gitFailed(making, made);
    await absorbFile(git, order, packed);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function absorbFile(git: Git, order: Transfer, packed: string): Promise<void> {
  await using file = await open(packed);
  const { size } = await file.stat();
  const complaint = await absorb(git, order.to, {
    fd: file.fd,
    offset: 0,
    maxBytes: size,
    ...(order.lenient === true ? { lenient: true } : {}),
  });
  if (complaint === undefined) return;
  throw new HarnessError(
    'OBJECTS_REFUSED',
    `Commit ${order.want} of ${order.from} was refused: ${complaint}. Run "git fsck" there and mend what it names`,
  );
}
