import { fileURLToPath } from 'node:url';

/** Folder of the package: the parent of `src` and of `dist`. */
export const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
