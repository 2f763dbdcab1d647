import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { claudeExecutable, cliVersion } from '../../../src/adapters/agents/claude/executable.ts';

test('the CLI that is found is the one the SDK was made for', () => {
  const { path, folders } = claudeExecutable();
  expect(folders).toEqual([dirname(path)]);
  expect(execFileSync(path, ['--version'], { encoding: 'utf8' })).toContain(cliVersion());
});
