import type { Phase } from '../../src/phases/phase.ts';

const PATH = 'PRPs/plans/release_notes.md';

/**
 * Writes down what was built. It takes the place of `testing`, and its name with it: what runs in its
 * order and what may be switched off in the configuration is decided by the name.
 */
export const releaseNotes: Phase = {
  name: 'testing',
  async run(context) {
    const { project } = context;
    await context.step('write release notes', async () => {
      const items = await project.items();
      const done = items.filter(({ status }) => status === 'done');
      const lines = done.map(({ key, title, commit }) => `- ${title} (${key}, ${commit ?? ''})`);
      const text = ['# Release notes', '', ...lines, ''].join('\n');
      await project.writeDocuments([{ path: PATH, text }], 'Write the release notes');
    });
    return { status: 'completed', outputs: [PATH] };
  },
};
