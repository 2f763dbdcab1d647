import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';

const FOLDER = new URL('../public/', import.meta.url);

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};

/** The answer for a file of `public/`; undefined when there is none of this name. */
export async function staticFile(path) {
  const name = path === '/' ? 'index.html' : path.slice(1);
  const type = TYPES[extname(name)];
  if (type === undefined || !/^[a-z][a-z0-9.-]*$/.test(name)) return undefined;
  try {
    const text = await readFile(new URL(name, FOLDER), 'utf8');
    return { text, type, headers: { 'cache-control': 'no-cache' } };
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
