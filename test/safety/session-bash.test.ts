import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toolHooks } from '../../src/adapters/agents/claude/hooks.ts';
import { createPolicy } from '../../src/safety/policy/extra-commands.ts';
import { sessionBash } from '../../src/safety/session-bash.ts';
import type { RefusedCall } from '../../src/sessions/agent.ts';
import { anOrder } from '../support/an-order.ts';

let workspace = '';

beforeAll(async () => {
  workspace = await realpath(await mkdtemp(join(tmpdir(), 'bash-')));
  await mkdir(join(workspace, 'src'));
  await symlink('/etc', join(workspace, 'link'));
});
afterAll(async () => rm(workspace, { recursive: true }));

const policy = createPolicy({ profile: 'standard', extraCommands: [] });
const settings = { policy, readable: [], protectedPaths: ['infra/**'] };
const judge = sessionBash({ ...settings, sealed: true });

const faultOf = (input: unknown, tool = 'Bash'): string | null =>
  judge({ tool, input, cwd: workspace }, { workspace });

test('other tools are none of its business', () =>
  expect(faultOf({ file_path: '/etc/passwd' }, 'Read')).toBeNull());

test.each(['ls src', 'cat src/../a', 'echo a > src/b'])('%s may run', (command) =>
  expect(faultOf({ command })).toBeNull(),
);

test.each([
  ['cat link/passwd', /^Bash policy, path: /u],
  ['echo a > infra/main.tf', /belongs to git or to people/u],
  ['echo a > .git/config', /belongs to git or to people/u],
  ['frobnicate', /security\.extra_commands/u],
])('%s may not, and the agent is told what to do', (command, said) =>
  expect(faultOf({ command })).toMatch(said),
);

test("without a box /tmp is the host's, and not for agents", () => {
  const call = { tool: 'Bash', input: { command: 'echo a > /tmp/a' }, cwd: '/work/shop' };
  const fault = (sealed: boolean): string | null =>
    sessionBash({ ...settings, sealed })(call, { workspace: '/work/shop' });
  expect(fault(true)).toBeNull();
  expect(fault(false)).toMatch(/lies outside/u);
});

test.each([{}, null, { command: 3 }, 'ls'])('an input like %j is refused', (input) =>
  expect(faultOf(input)).toMatch(/not understood/u),
);

async function answerOf(
  judges: Parameters<typeof toolHooks>[0]['judges'],
  command: string,
): Promise<{ readonly answers: readonly unknown[]; readonly refused: readonly RefusedCall[] }> {
  const refused: RefusedCall[] = [];
  const session = anOrder({ workspace, onRefused: (call) => refused.push(call) });
  const input = {
    hook_event_name: 'PreToolUse' as const,
    tool_name: 'Bash',
    tool_input: { command },
    tool_use_id: '1',
    session_id: '1',
    transcript_path: '',
    cwd: workspace,
  };
  const options = { signal: new AbortController().signal };
  const matchers = toolHooks({ tools: new Set(['Bash']), judges, session });
  const hooks = matchers.flatMap(({ hooks: some }) => some);
  const answers = await Promise.all(hooks.map((hook) => hook(input, '1', options)));
  expect(matchers.map(({ onFailure }) => onFailure)).toEqual(matchers.map(() => 'block'));
  return { answers, refused };
}

test('a refusal reaches the agent as the reason of a denial, and is told of once', async () => {
  const { answers, refused } = await answerOf([judge], 'sudo ls');
  expect(answers).toContainEqual({
    hookSpecificOutput: expect.objectContaining({
      permissionDecision: 'deny',
      permissionDecisionReason: expect.stringMatching(
        /^Bash policy, command: sudo is not for agents/u,
      ),
    }),
  });
  expect(refused).toMatchObject([{ tool: 'Bash', input: { command: 'sudo ls' } }]);
});

test('what is allowed is not said to be: stricter rules stay in force', async () => {
  const { answers, refused } = await answerOf([judge], 'ls');
  expect(answers).toEqual([{}, {}]);
  expect(refused).toEqual([]);
});

const broken = (): never => {
  throw new Error('on fire');
};

test('a judge that breaks makes the hook fail, which blocks the call', async () => {
  await expect(answerOf([broken], 'ls')).rejects.toThrow('on fire');
});
