import { connectionPool } from '../../../src/adapters/store/connect.ts';
import { commit } from '../../../src/adapters/store/commit.ts';
import { transaction } from '../../../src/adapters/store/transaction.ts';

/**
 * A process that writes events of a project, three writers at once: pairs, of which each third is rolled back.
 * Given a turn to hold, it stops there with its transaction open, until it is killed.
 */
const [, , url = '', projectId = '', name = '', turns = '0', hold = ''] = process.argv;
const pool = connectionPool(url, { applicationName: 'harness-test', max: 3 });

class Regret extends Error {}

async function write(writer: string): Promise<void> {
  for (let turn = 0; turn < Number(turns); turn += 1) {
    const events = ['a', 'b'].map(
      (half) => ({ type: 'main.landed', commit: `${writer}.${turn}.${half}` }) as const,
    );
    try {
      await transaction(pool, async (tx) => {
        await commit(tx, { projectId, runId: null, events });
        if (hold === `${writer}.${turn}`) await holding();
        if (turn % 3 === 1) throw new Regret();
      });
    } catch (error) {
      if (!(error instanceof Regret)) throw error;
    }
  }
}

/** Never ends; the open connection keeps the process. */
function holding(): Promise<never> {
  process.stdout.write('holding\n');
  return Promise.withResolvers<never>().promise;
}

await Promise.all([1, 2, 3].map((number) => write(`${name}${number}`)));
await pool.end();
