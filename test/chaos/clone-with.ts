import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Arena } from './arena.ts';

/** The clone in which this file was written but not handed in. */
export function cloneWith(arena: Arena, file: string): string | undefined {
  const projects = join(arena.home, 'projects');
  const clones = readdirSync(projects).flatMap((id) =>
    readdirSync(join(projects, id, 'clones')).map((name) => join(projects, id, 'clones', name)),
  );
  return clones.find((clone) => existsSync(join(clone, file)));
}
