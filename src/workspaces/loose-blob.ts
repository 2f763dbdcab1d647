import { mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { blobName } from './facts.ts';
import { lstatOrNull } from './look.ts';

/**
 * Writes a small blob into a repository of ours, as the file git itself would write, unless it is
 * there. Gives its name. On the disk before it has that name, so a crash leaves it whole or absent.
 */
export async function writeLooseBlob(gitDir: string, text: string): Promise<string> {
  const content = Buffer.from(text);
  const name = blobName(content);
  const folder = join(gitDir, 'objects', name.slice(0, 2));
  const path = join(folder, name.slice(2));
  if ((await lstatOrNull(path)) !== null) return name;
  await mkdir(folder, { recursive: true });
  const draft = await mkdtemp(join(gitDir, 'objects', 'tmp_obj_'));
  try {
    await using file = await open(join(draft, 'blob'), 'wx', 0o444);
    await file.writeFile(
      deflateSync(Buffer.concat([Buffer.from(`blob ${content.length}\0`), content])),
    );
    await file.sync();
    await rename(join(draft, 'blob'), path);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return name;
}
