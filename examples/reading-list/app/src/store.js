import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Links in one JSON file. Every change is on the disk, whole, before it is answered: the new content
 * goes to a file beside it, which then takes its place. A damaged file is an error, never overwritten.
 */
export async function openStore(path) {
  await mkdir(dirname(path), { recursive: true });
  let { nextId, links } = await load(path);
  let queue = Promise.resolve();

  /** One change after the other; memory follows the disk, so a failed write changes nothing. */
  const change = (edit) => {
    const done = queue.then(async () => {
      const next = edit({ nextId, links });
      if (next.links !== links) await save(path, { nextId: next.nextId, links: next.links });
      ({ nextId, links } = next);
      return next.result;
    });
    queue = done.catch(() => {});
    return done;
  };

  return {
    list: () => links,
    get: (id) => links.find((link) => link.id === id),
    add: (fields) =>
      change((now) => {
        const link = { id: String(now.nextId), ...fields };
        return { nextId: now.nextId + 1, links: [...now.links, link], result: link };
      }),
    /** Undefined when there is no such link. */
    update: (id, fields) =>
      change((now) => {
        const old = now.links.find((link) => link.id === id);
        if (!old) return { ...now, result: undefined };
        const link = { ...old, ...fields };
        return { ...now, links: now.links.map((one) => (one === old ? link : one)), result: link };
      }),
    /** False when there is no such link. */
    remove: (id) =>
      change((now) => {
        const rest = now.links.filter((link) => link.id !== id);
        const found = rest.length < now.links.length;
        return { ...now, links: found ? rest : now.links, result: found };
      }),
  };
}

async function load(path) {
  let text;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return { nextId: 1, links: [] };
    throw error;
  }
  try {
    const { nextId, links } = JSON.parse(text);
    if (Number.isInteger(nextId) && Array.isArray(links)) return { nextId, links };
  } catch (error) {
    throw new Error(`${path} is damaged: mend it or move it away.`, { cause: error });
  }
  throw new Error(`${path} is damaged: mend it or move it away.`);
}

async function save(path, content) {
  const beside = `${path}.new`;
  const file = await open(beside, 'w');
  try {
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}
