import type { FileSettings } from './schema.ts';
import type { Path } from './yaml-source.ts';

interface NotBuilt {
  readonly path: Path;
  /** What is refused, as the person wrote it. */
  readonly text: string;
  readonly used: (file: FileSettings) => boolean;
}

/** Known to the schema, refused for now: never accepted silently. Whoever builds one deletes its row. */
export const NOT_BUILT: readonly NotBuilt[] = [
  { path: ['notify'], text: 'notify', used: (file) => file.notify.length > 0 },
];
