import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Entries in a file that is always whole: written beside it, then renamed. */
export function openStore(path) {
  let entries = read(path);
  const save = (next) => {
    writeFileSync(`${path}.new`, JSON.stringify(next));
    renameSync(`${path}.new`, path);
    entries = next;
  };
  return {
    list: () => entries,
    add(entry) {
      const id = Math.max(0, ...entries.map((one) => one.id)) + 1;
      const added = { ...entry, id };
      save([...entries, added]);
      return added;
    },
    remove(id) {
      const left = entries.filter((one) => one.id !== id);
      if (left.length === entries.length) return false;
      save(left);
      return true;
    },
  };
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
