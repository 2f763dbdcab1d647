import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteTracker } from '../../../examples/extending/sqlite-tracker.ts';
import { trackerContract } from '../../contracts/tracker.ts';

trackerContract('the example tracker', async () => {
  const home = await mkdtemp(join(tmpdir(), 'harness-example-'));
  const file = join(home, 'board.sqlite');
  const tracker = openSqliteTracker(file);
  return {
    tracker,
    again: async () => openSqliteTracker(file),
    async [Symbol.asyncDispose]() {
      await tracker.close();
      await rm(home, { recursive: true });
    },
  };
});
