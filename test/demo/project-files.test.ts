import { expect, test } from 'vitest';
import { settingsFile } from '../../src/demo/project-files.ts';
import { rightsOf } from '../../src/sessions/roles.ts';
import { SETTINGS } from '../support/a-run.ts';

const POLICY = {
  profile: 'strict',
  extraCommands: ['make'],
  protectedPaths: ['ops/**'],
  mcpServers: ['linear', 'docs'],
};

test('R-157 what is written down for the reader is what sessions get', () => {
  const sandbox = { ...SETTINGS.sandbox, driver: 'bwrap', read: ['/opt/tools'] } as const;
  const { path, text } = settingsFile({ ...SETTINGS, model: 'claude-x', sandbox }, POLICY);
  expect(path).toBe('.claude_settings.json');
  expect(JSON.parse(text)).toMatchObject({
    model: 'claude-x',
    sandbox: { enabled: true, driver: 'bwrap', read: ['/opt/tools'] },
    permissions: {
      tools: [...rightsOf({ phase: 'implement', role: 'coder' }).tools],
      mcp: ['mcp__tracker__report', 'mcp__linear__*', 'mcp__docs__*'],
      protected: ['ops/**'],
    },
    bash: { policy: 'strict', extra_commands: ['make'] },
    settings_files_read: [],
  });
});
