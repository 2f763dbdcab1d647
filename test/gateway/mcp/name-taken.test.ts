import { expect, test } from 'vitest';
import type { App } from '../../../src/open-app.ts';
import { refuseDamagedTracker } from '../../../src/project.ts';
import { load } from '../../config/load.ts';
import { SETTINGS } from '../../support/a-run.ts';

const demo = { tracker: 'local', issues: 2, project: null } as const;

async function endOf(yaml: string, settings = { ...SETTINGS, demo }): Promise<unknown> {
  const tracker = { prepare: async () => undefined };
  const app: App = Object.assign(Object.create(null), {
    config: load({ yaml }),
    trackerOf: async () => tracker,
  });
  return refuseDamagedTracker(app, { projectId: 'p', settings }).then(
    () => 'started',
    (error: unknown) => error,
  );
}

test.each([
  ['elsewhere', 'mcp: { linear: { url: "https://a.example/mcp", tools: [list] } }'],
  ['in the box', 'mcp: { linear: { package: "@acme/notes@1.2.3", tools: [list] } }'],
])(
  'I3 a server %s with the name of the tracker’s is told of before demo mode begins',
  async (...[, yaml]) => {
    expect(await endOf(yaml)).toMatchObject({ code: 'MCP_NAME_TAKEN', exit: 2 });
    const { demo: _, ...ordinary } = { ...SETTINGS, demo };
    expect(await endOf(yaml, Object.assign(Object.create(null), ordinary))).toBe('started');
    expect(await endOf(yaml.replace('linear', 'mine'))).toBe('started');
  },
);
