import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError, hasCode } from '../../domain/errors.ts';
import { createTurns } from '../in-turn.ts';
import { parseJson } from '../json.ts';
import type { McpServer, OfferedTool } from './upstream.ts';

/** Remembers how each tool described itself when it was first used. */
export interface Pins {
  /**
   * Pins the tools that are new, and compares the others.
   * @throws HarnessError MCP_CHANGED when one describes itself in another way than before
   */
  check(server: Pick<McpServer, 'name' | 'url'>, tools: readonly OfferedTool[]): Promise<void>;
}

const Pinned = z.object({
  server: z.string(),
  url: z.string(),
  tools: z.record(
    z.string(),
    z.object({ hash: z.string(), description: z.string(), inputSchema: z.unknown() }),
  ),
});

type PinFile = z.infer<typeof Pinned>;

/** @param folder Of the harness itself, where no agent can write. */
export function openPins(folder: string): Pins {
  const inTurn = createTurns();
  return { check: (server, tools) => inTurn(() => check(folder, server, tools)) };
}

async function check(
  folder: string,
  { name, url }: Pick<McpServer, 'name' | 'url'>,
  tools: readonly OfferedTool[],
): Promise<void> {
  // Another address is another server, whatever it is called.
  const place = createHash('sha256').update(url).digest('hex').slice(0, 8);
  const file = join(folder, `${name}-${place}.json`);
  const known = await readPins(file);
  const offered = Object.fromEntries(tools.map((tool) => [tool.name, pinOf(tool)]));
  const changed = Object.entries(offered).flatMap(([tool, { hash }]) => {
    const before = known?.tools[tool];
    return before === undefined || before.hash === hash ? [] : [tool];
  });
  const all = { server: name, url, tools: { ...known?.tools, ...offered } };
  if (changed.length > 0) throw await changedError({ file, name, changed, all });
  if (tools.some((tool) => known?.tools[tool.name] === undefined)) await write(file, all);
}

function pinOf({ description, inputSchema }: OfferedTool): PinFile['tools'][string] {
  const text = JSON.stringify([description, inputSchema]);
  const hash = createHash('sha256').update(text).digest('hex');
  return { hash, description, inputSchema };
}

async function readPins(file: string): Promise<PinFile | undefined> {
  try {
    const parsed = Pinned.safeParse(parseJson(await readFile(file, 'utf8')));
    if (parsed.success) return parsed.data;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  throw new HarnessError(
    'MCP_PINS_UNREADABLE',
    `${file}, where the descriptions of MCP tools are pinned, can't be read; look at it, then remove it to pin them anew.`,
  );
}

interface Change {
  readonly file: string;
  readonly name: string;
  readonly changed: readonly string[];
  readonly all: PinFile;
}

/** A description is a prompt: one that was harmless when it was agreed to may not be so any more. */
async function changedError({ file, name, changed, all }: Change): Promise<HarnessError> {
  const offered = file.replace(/\.json$/u, '.offered.json');
  await write(offered, all);
  return new HarnessError(
    'MCP_CHANGED',
    `The MCP server ${name} describes ${changed.join(', ')} in another way than when it was first used, so no session uses it. Compare: diff ${file} ${offered}. To accept what it offers now: mv ${offered} ${file}`,
  );
}

async function write(file: string, pins: PinFile): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(pins, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}
