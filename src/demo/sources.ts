import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError, hasCode } from '../domain/errors.ts';
import { templatesIn } from '../prompts/find.ts';
import { issueCountOf } from './issue-count.ts';
import { SPEC_FILE } from './project-files.ts';

/** A longer one would fill a session's mind before it has begun. */
const MOST_BYTES = 200_000;

export interface DemoSources {
  /** Text of the specification. */
  readonly spec: string;
  /** How many issues the initializer's prompt asks for. */
  readonly issues: number;
}

/**
 * What demo mode starts from. The project's own `app_spec.txt` wins over `prompts/app_spec.txt`, and a
 * project's own `prompts/` over the shipped one. `project` null: only what is shipped.
 * Throws `SPEC_UNUSABLE` or `PROMPT_COUNT` (exit 2).
 */
export async function readDemoSources(order: {
  readonly project: string | null;
  readonly shipped: string;
}): Promise<DemoSources> {
  const folders = [order.project, order.shipped].flatMap((one) =>
    one === null ? [] : [join(one, 'prompts')],
  );
  const places = [...(order.project === null ? [] : [order.project]), ...folders];
  const find = templatesIn(folders);
  return {
    spec: await readSpec(places.map((folder) => join(folder, SPEC_FILE))),
    issues: issueCountOf(await find('initializer_prompt')),
  };
}

async function readSpec(paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    const bytes = await readIfThere(path);
    if (bytes !== undefined) return textOf(bytes, path);
  }
  throw unusable(paths.at(-1) ?? SPEC_FILE, 'is not there; restore it from the package');
}

function textOf(bytes: Buffer, path: string): string {
  if (bytes.length > MOST_BYTES) throw unusable(path, `is over ${MOST_BYTES} bytes; shorten it`);
  const text = bytes.toString('utf8').trim();
  if (text.includes('\u{FFFD}') || text.includes('\0')) throw unusable(path, 'is no UTF-8 text');
  if (text === '') throw unusable(path, 'is empty; say what to build');
  return text;
}

function unusable(path: string, what: string): HarnessError {
  return new HarnessError('SPEC_UNUSABLE', `${path} ${what}`, { exit: 2 });
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
