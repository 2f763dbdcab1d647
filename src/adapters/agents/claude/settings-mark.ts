import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { SessionOrder } from '../../../sessions/agent.ts';
import { claudeExecutable, cliVersion } from './executable.ts';
import { fixedOptions } from './options.ts';
import type { ClaudeDeps } from './options.ts';

/** Any coding session: what differs between two of them decides nothing here. */
const SAMPLE: SessionOrder = {
  sessionId: 'sample',
  prompt: '',
  systemPrompt: '',
  model: 'sample',
  tools: ['Read', 'Write', 'Edit', 'Glob', 'Grep', 'Bash'],
  hostTools: [],
  boxServers: [],
  workspace: '/sample/workspace',
  configDir: '/sample/config',
  wire: { baseUrl: 'http://sample', token: 'sample', kind: 'api_key', env: {}, servers: [] },
  spawn: () => {
    throw new TypeError('a sample starts no process');
  },
  outputSchema: null,
};

/**
 * Changes with the agent's program (version, size and time of the file) and with any setting that
 * decides what a session may do: what was proved of the one says nothing of another.
 */
export function settingsMark(deps: ClaudeDeps): string {
  const { size, mtimeMs } = statSync(claudeExecutable().path);
  const settings = JSON.stringify(fixedOptions(deps, SAMPLE), (_key, value: unknown) =>
    typeof value === 'function' ? String(value) : value,
  );
  return createHash('sha256')
    .update(JSON.stringify([cliVersion(), size, mtimeMs, settings]))
    .digest('hex');
}
