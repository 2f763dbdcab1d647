import { initializeDemo } from '../demo/initialize.ts';
import { endOfFailed, type Phase } from './phase.ts';

/** The scaffold on which all items start: merged only when the project's check is green. In demo mode the issues too. */
export const initialize: Phase = {
  name: 'initialize',
  async run(context) {
    const { demo } = context.run.settings;
    if (demo !== undefined) return initializeDemo(context, demo);
    const [end] = await context.sessions(['initializer']);
    return end?.status === 'succeeded'
      ? { status: 'completed', outputs: ['init.sh'] }
      : endOfFailed(end ? [end] : []);
  },
};
