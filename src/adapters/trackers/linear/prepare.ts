import type { Placed } from '../../../work/tracker.ts';
import { COUNT_ISSUES } from './documents.ts';
import { FREE_ISSUES, full } from './ends.ts';
import type { Linear } from './linear.ts';
import { countShape } from './shapes.ts';

/**
 * Makes the project and the label that says blocked, where they are missing: a key that may only read
 * is told apart by that, and nothing else tells it. A plan without any room left is refused too. Gives both by their ids.
 */
export async function prepare(linear: Linear): Promise<Placed> {
  const { id, free } = await linear.workspace.team();
  if (free) await refuseFullPlan(linear);
  const home = await linear.workspace.ensureHome();
  await linear.labels.blocked(id);
  await linear.board.all(home);
  return { linearTeam: id, linearProject: home.linearProject };
}

async function refuseFullPlan({ client }: Linear): Promise<void> {
  const kept = await client.ask({ document: COUNT_ISSUES, variables: {}, shape: countShape });
  if (kept >= FREE_ISSUES)
    throw full(`Linear's free plan has room for ${FREE_ISSUES} issues, and all are taken`);
}
