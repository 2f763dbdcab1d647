import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode } from '../domain/errors.ts';
import { keyOf } from './names.ts';

/** Where the name of a project's base branch is kept. */
function pathOf(home: string, projectId: string): string {
  return join(home, 'projects', keyOf(projectId), 'base-branch');
}

/** Remembers the branch on which the project began: main lands there and nowhere else. */
export async function keepBaseBranch(
  home: string,
  projectId: string,
  branch: string,
): Promise<void> {
  const path = pathOf(home, projectId);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // The first one stays, whatever branch is checked out later.
  await writeFile(path, `${branch}\n`, { flag: 'wx' }).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error;
  });
}

/** The branch on which the project began; `main` where none was kept. */
export async function baseBranchOf(home: string, projectId: string): Promise<string> {
  try {
    return (await readFile(pathOf(home, projectId), 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'main';
    throw error;
  }
}
