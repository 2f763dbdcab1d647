import type { Phase } from './phase.ts';

/** Brings main to where users are; the target's probe decides whether it is there. */
export const deploy: Phase = {
  name: 'deploy',
  run: (context) =>
    context.step('deploy', async () => {
      const end = await context.project.deploy();
      return end.status === 'deployed'
        ? { status: 'completed', outputs: [end.detail] }
        : { status: 'failed', reason: `${end.status}: ${end.detail}` };
    }),
};
