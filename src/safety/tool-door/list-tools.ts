import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { messageOf } from '../../domain/errors.ts';
import type { Box } from '../box.ts';
import type { DescribedTool, DoorSpec } from './spec.ts';
import { writeSpec } from './write-spec.ts';

/** The program that stands between the agent's CLI and a server in the box; boxes are shown this file. */
export const DOOR = join(import.meta.dirname, `program${extname(import.meta.filename)}`);

export interface ListOrder {
  readonly box: Box;
  readonly server: Pick<DoorSpec, 'name' | 'command' | 'env'>;
  /** What the server needs to see. */
  readonly readable: readonly string[];
  /** Private folder of the harness. */
  readonly folder: string;
}

export type Listing =
  | { readonly tools: readonly DescribedTool[] }
  /** Why the server told nothing, in its own or the door's words. */
  | { readonly fault: string };

/** A second is usual; a loaded machine takes several. */
const LIST_MS = 45_000;
const MAX_BYTES = 2 * 1024 ** 2;

const listingSchema = z.union([
  z.object({
    tools: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        inputSchema: z.record(z.string(), z.unknown()),
      }),
    ),
  }),
  z.object({ fault: z.string() }),
]);

/** Starts the server once, sealed and without any wire, and asks what it offers. Never throws for what it does. */
export async function listTools({ box, server, readable, folder }: ListOrder): Promise<Listing> {
  const place = await mkdtemp(join(folder, 'tools-'));
  try {
    const spec = await writeSpec(place, { ...server, folder: null, tools: null, images: null });
    const child = box.spawn({
      command: ['node', DOOR, spec],
      cwd: place,
      writable: [],
      readable: [place, DOOR, ...readable],
      env: {},
      socket: null,
      stdin: 'ignore',
      signal: AbortSignal.timeout(LIST_MS),
    });
    child.stderr?.resume();
    const ended = once(child, 'close');
    const line = child.stdout === null ? '' : await firstLine(child.stdout);
    // What it has told is all that is wanted of it.
    child.kill('SIGKILL');
    await ended;
    return read(line);
  } catch (error) {
    return { fault: messageOf(error) };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function firstLine(from: Readable): Promise<string> {
  let text = '';
  for await (const chunk of from.setEncoding('utf8')) {
    text += String(chunk);
    if (text.includes('\n') || text.length > MAX_BYTES) break;
  }
  return text.split('\n', 1)[0] ?? '';
}

function read(line: string): Listing {
  if (line === '') return { fault: 'it ended, or took too long, without a word' };
  if (line.length > MAX_BYTES) return { fault: 'it described itself at more length than 2 MB' };
  try {
    return listingSchema.parse(JSON.parse(line));
  } catch {
    return { fault: 'what it offers can not be understood' };
  }
}
