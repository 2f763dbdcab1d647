import type { SessionOrder } from '../../src/sessions/agent.ts';

/** An order that starts no process: for agents that live in this one. */
export function anOrder(changes: Partial<SessionOrder> = {}): SessionOrder {
  return {
    sessionId: '6f0f6d52-4a0b-4a52-9a57-1f6b4a3e8f10',
    prompt: 'build it',
    systemPrompt: 'You build software.',
    model: 'claude-opus-5-5',
    tools: ['Read', 'Write', 'Edit', 'Glob', 'Grep', 'Bash'],
    hostTools: [],
    boxServers: [],
    workspace: '/nowhere/workspace',
    configDir: '/nowhere/config',
    wire: {
      baseUrl: 'http://127.0.0.1:8377',
      token: 'token-of-this-session',
      kind: 'api_key',
      env: {},
      servers: [],
    },
    spawn: () => {
      throw new Error('this session starts no process');
    },
    outputSchema: null,
    ...changes,
  };
}
