import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Person } from './git.ts';
import { withScratch, type Stores } from './stores.ts';

/** What a repository of ours begins with. */
export interface NewRepository {
  /** Text of a configuration, as `newSettings` gives it. */
  readonly settings: string;
  /** Folders of objects that the repository reads and does not have itself. */
  readonly borrows: readonly string[];
  /** Whom its commits name. */
  readonly author: Person;
}

/**
 * The configuration git gives a new repository here: it probes the disk for what it can do. Asked
 * once, since every clone lies on the same disk.
 */
export async function newSettings(stores: Stores): Promise<string> {
  stores.settings.known ??= await withScratch(stores, async (folder) => {
    const gitDir = join(folder, '.git');
    const args = ['init', '--quiet', '--template='];
    await stores.git.read({ gitDir, workTree: folder, args });
    return readFile(join(gitDir, 'config'), 'utf8');
  });
  return stores.settings.known;
}

/** Writes a repository that has its first branch, `work`, checked out, without hooks or a commit. */
export async function writeRepository(gitDir: string, order: NewRepository): Promise<void> {
  const { settings, borrows, author } = order;
  for (const folder of ['info', 'objects/info', 'objects/pack', 'refs/heads', 'refs/tags']) {
    await mkdir(join(gitDir, folder), { recursive: true });
  }
  const user = `[user]\n\tname = ${quoted(author.name)}\n\temail = ${quoted(author.email)}\n`;
  await writeFile(join(gitDir, 'config'), `${settings}${user}`);
  await writeFile(join(gitDir, 'objects', 'info', 'alternates'), `${borrows.join('\n')}\n`);
  await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/work\n');
}

/** A value that git's configuration reads back as it is. */
function quoted(value: string): string {
  const escaped = value.replaceAll(/[\\"]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`);
  return `"${escaped}"`;
}
