import { endOfFailed, type Phase } from './phase.ts';

/** The scaffold on which all items start: merged only when the project's check is green. */
export const initialize: Phase = {
  name: 'initialize',
  async run(context) {
    const [end] = await context.sessions(['initializer']);
    return end?.status === 'succeeded'
      ? { status: 'completed', outputs: ['init.sh'] }
      : endOfFailed(end ? [end] : []);
  },
};
