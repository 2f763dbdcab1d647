import type { DeployEnd } from '../domain/deploy.ts';
import type { Phase, PhaseEnd } from './phase.ts';

/** Brings main to where users are; the target's probe decides whether it is there. */
export const deploy: Phase = {
  name: 'deploy',
  run: (context) =>
    context.step('deploy', async (signal) => phaseEndOf(await context.project.deploy(signal))),
};

/** What nobody saw the end of is never tried again unasked. */
function phaseEndOf({ status, detail }: DeployEnd): PhaseEnd {
  switch (status) {
    case 'deployed':
      return { status: 'completed', outputs: [detail] };
    case 'aborted':
      return { status: 'aborted', reason: detail };
    case 'unknown':
      return { status: 'blocked', reason: detail };
    case 'rolled_back':
    case 'failed':
      return { status: 'failed', reason: `${status}: ${detail}` };
  }
}
