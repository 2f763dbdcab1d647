import { execa } from 'execa';

export type Git = (...words: readonly string[]) => Promise<string>;

/** Asks git about a repository of the data folder. */
export function gitIn(gitDir: string): Git {
  return async (...words) => (await execa('git', ['--git-dir', gitDir, ...words])).stdout;
}
