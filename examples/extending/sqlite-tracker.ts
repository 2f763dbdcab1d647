import { DatabaseSync } from 'node:sqlite';
import { boardTracker, type BoardStore } from '../../src/adapters/trackers/board-tracker.ts';
import { boardOf, textOf } from '../../src/adapters/trackers/json-format.ts';
import type { WorkTracker } from '../../src/work/tracker.ts';

/**
 * A tracker in a file of SQLite: any number of processes may share it. What an item may become, who
 * may move it and what is ready is decided by `boardTracker`; a store has to read the whole board, and
 * to let one change after another happen.
 */
export function openSqliteTracker(file: string, now = (): Date => new Date()): WorkTracker {
  const database = new DatabaseSync(file, { timeout: 10_000 });
  database.exec('create table if not exists board (id integer primary key, text text not null)');
  const stored = (): string | null => {
    const row = database.prepare('select text from board where id = 1').get();
    return row === undefined ? null : String(row['text']);
  };
  const store: BoardStore = {
    read: () => Promise.resolve(boardOf(stored(), file)),
    async change(step) {
      database.exec('begin immediate');
      try {
        const before = stored();
        const { board, result } = step(boardOf(before, file));
        database
          .prepare('insert or replace into board (id, text) values (1, ?)')
          .run(textOf(board, before, 'example'));
        database.exec('commit');
        return result;
      } catch (error) {
        database.exec('rollback');
        throw error;
      }
    },
  };
  const tracker = boardTracker(store, now);
  return {
    ...tracker,
    async close() {
      await tracker.close();
      database.close();
    },
  };
}
