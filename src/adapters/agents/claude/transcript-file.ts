import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../../domain/errors.ts';

/**
 * Whether the CLI has kept a transcript of this session in its folder. It lies below a folder named
 * after the workspace; the agent can write there too, so a link does not count.
 */
export async function hasTranscript(configDir: string, sessionId: string): Promise<boolean> {
  const projects = join(configDir, 'projects');
  for (const slug of await namesIn(projects)) {
    if (await isFile(join(projects, slug, `${sessionId}.jsonl`))) return true;
  }
  return false;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    const stats = await lstat(path);
    return stats.isFile() && stats.size > 0;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}
