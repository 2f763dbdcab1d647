import { copyFile, constants, mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HarnessError } from '../domain/errors.ts';
import { PACKAGE } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { createOutput } from './output.ts';

const FILES = ['orchestrator.yaml', '.env.example'] as const;

/** Writes the two files with every setting explained. Throws `FILE_EXISTS` (exit 2) and writes nothing then. */
export async function initAction(
  folder: string | undefined,
  options: CommonOptions,
): Promise<void> {
  const output = createOutput(options);
  const directory = resolve(folder ?? options.projectDir ?? '.');
  const there = FILES.map((name) => join(directory, name)).filter((path) => existsSync(path));
  if (there.length > 0)
    throw new HarnessError(
      'FILE_EXISTS',
      `${there.join(' and ')} exist${there.length === 1 ? 's' : ''}; nothing was written`,
      { exit: 2 },
    );
  await mkdir(directory, { recursive: true });
  for (const name of FILES) {
    const path = join(directory, name);
    await copyFile(join(PACKAGE, name), path, constants.COPYFILE_EXCL);
    output.object({ written: path });
    output.data(`wrote ${path}`);
  }
  output.talk('Next: copy .env.example to .env, put your credential in, then `harness doctor`');
}
