import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HostTool } from '../../src/sessions/agent.ts';
import { rightsOf } from '../../src/sessions/roles.ts';
import { unsealable } from '../safety/a-box.ts';
import { USUAL, aRig, outputsOf, processesWith, reportTool, until } from '../support/claude-rig.ts';
import type { Rig, Sealing } from '../support/claude-rig.ts';
import { call, inTurn, say } from '../support/messages-server.ts';

const SEALINGS: readonly Sealing[] =
  unsealable === undefined ? ['sealed', 'unsealed'] : ['unsealed'];

test(`sealed: ${unsealable ?? 'nothing'} is missing`, (context) => {
  context.skip(unsealable !== undefined, `${unsealable} is not installed`);
  expect(SEALINGS).toContain('sealed');
});

describe.each(SEALINGS)('%s', (sealing) => {
  test('a coding session writes, runs commands and reports; it starts with at most 14 KB', async () => {
    const heard: unknown[] = [];
    await using rig = await aRig(
      sealing,
      inTurn(
        { content: [say('on it'), call('Write', { file_path: 'a.txt', content: 'made' })] },
        { content: [call('Bash', { command: 'cat a.txt; node -p process.env' })] },
        { content: [call('mcp__tracker__report', { kind: 'note', text: 'hello' })] },
        { content: [say('ready')] },
      ),
    );
    const { events, end } = await rig.run(rig.order({ hostTools: [reportTool(heard)] }));
    expect(end).toEqual({ status: 'completed', text: 'ready', output: null });
    expect(events[0]).toEqual({ type: 'started', model: 'claude-opus-5-5', resumed: false });
    expect(events).toContainEqual({ type: 'text', text: 'on it' });
    expect(await readFile(join(rig.workspace, 'a.txt'), 'utf8')).toBe('made');
    expect(heard).toEqual([{ kind: 'note', text: 'hello' }]);
    expect(outputsOf(events)).toContain('made');
    expect(outputsOf(events)).toContain('IS_SANDBOX');
    expect(outputsOf(events)).not.toContain('VITEST');
    expect(rig.server.asks[0]?.bytes).toBeLessThanOrEqual(14 * 1024);
  });

  test('an abort in the middle of a command ends everything within two seconds', async () => {
    const nap = aNap();
    await using rig = await aRig(
      sealing,
      inTurn({ content: [call('Bash', { command: `sleep ${nap}` })] }),
    );
    const stop = new AbortController();
    const order = rig.order();
    const running = rig.run(order, { signal: stop.signal });
    await until(() => processesWith(`sleep\0${nap}`).length > 0);
    const stoppedAt = performance.now();
    stop.abort();
    expect((await running).end).toEqual({ status: 'aborted' });
    await until(() => [nap, order.sessionId].every((mark) => processesWith(mark).length === 0));
    expect(performance.now() - stoppedAt).toBeLessThan(2000);
  });

  test('I6 a session whose process was killed goes on with its transcript and both prompts', async () => {
    const nap = aNap();
    await using rig = await aRig(sealing, ({ body }) =>
      textOf(body.messages).includes('go on')
        ? { content: [say('went on')] }
        : { content: [call('Bash', { command: `sleep ${nap}` })] },
    );
    const order = rig.order({ prompt: 'the first prompt' });
    const first = rig.run(order);
    await until(() => processesWith(`sleep\0${nap}`).length > 0);
    rig.child().kill('SIGKILL');
    expect((await first).end.status).toBe('failed');
    const second = await rig.run({ ...order, prompt: 'go on' });
    expect(second.events[0]).toMatchObject({ type: 'started', resumed: true });
    expect(second.end).toMatchObject({ status: 'completed', text: 'went on' });
    const last = rig.server.asks.at(-1);
    expect(last?.session).toBe(order.sessionId);
    expect(textOf(last?.body.messages)).toContain('the first prompt');
  });
});

describe('what a session may do', () => {
  test('a planning role is offered no writing tool and can use none', async () => {
    await using rig = await aRig(
      USUAL,
      inTurn(
        {
          content: [
            call('Write', { file_path: 'a.txt', content: 'x' }),
            call('Bash', { command: 'touch a.txt' }),
            call('mcp__tracker__report', { kind: 'note', text: 'x' }),
            call('Read', { file_path: 'CLAUDE.md' }),
          ],
        },
        { content: [say('planned')] },
      ),
    );
    await layTraps(rig);
    const { tools } = rightsOf({ phase: 'ideation', role: 'edge_cases' });
    const { events, end } = await rig.run(rig.order({ tools }));
    expect(end.status).toBe('completed');
    const offered = rig.server.asks[0]?.body.tools.map(({ name }) => name);
    expect(offered?.filter((name) => name !== 'DeferredToolPlaceholder').toSorted()).toEqual([
      'Glob',
      'Grep',
      'Read',
    ]);
    const failed = events.filter((event) => event.type === 'tool_ended' && event.failed);
    expect(failed).toHaveLength(3);
    expect(existsSync(join(rig.workspace, 'a.txt'))).toBe(false);
    // Of the workspace's own instructions it knows what it has read, and none was obeyed.
    expect(textOf(rig.server.asks[0]?.body)).not.toContain('trap');
    expect(existsSync(join(rig.workspace, 'sprung'))).toBe(false);
  });

  test('the policy keeps commands from the shell, which is bash, and says what to do instead', async () => {
    await using rig = await aRig(
      USUAL,
      inTurn(
        {
          content: [
            call('Bash', { command: 'touch a.txt && git push' }),
            call('Bash', { command: 'x=(a $(touch b.txt))!' }),
            call('Bash', { command: 'echo "bash ${BASH_VERSION%%.*}"' }),
          ],
        },
        { content: [say('done')] },
      ),
    );
    const refused: string[] = [];
    const onRefused = ({ reason }: { readonly reason: string }): number => refused.push(reason);
    const { tools } = rightsOf({ phase: 'implement', role: 'coder' });
    const { events, end } = await rig.run(rig.order({ tools, onRefused }));
    expect(end.status).toBe('completed');
    const results = events.filter((event) => event.type === 'tool_ended');
    expect(results.map(({ failed }) => failed)).toEqual([true, true, false]);
    expect(results[0]?.output).toMatch(/git push is not for agents\. Commit only/u);
    expect(results[2]?.output).toMatch(/^bash \d/u);
    expect(refused).toHaveLength(2);
    for (const file of ['a.txt', 'b.txt'])
      expect(existsSync(join(rig.workspace, file))).toBe(false);
  });

  test('the file fence keeps out of git, of links that lead out, and of the rest of the disk', async () => {
    await using rig = await aRig(
      USUAL,
      inTurn(
        {
          content: [
            call('Write', { file_path: '.git/hooks/pre-commit', content: 'x' }),
            call('Read', { file_path: '/etc/passwd' }),
            call('Glob', { pattern: '/etc/*' }),
            call('Bash', { command: 'ls' }),
          ],
        },
        { content: [say('done')] },
      ),
    );
    const { events } = await rig.run(rig.order());
    const refused = events.filter((event) => event.type === 'tool_ended' && event.failed);
    expect(refused).toHaveLength(3);
    expect(outputsOf(refused)).toMatch(/belongs to git.*outside.*outside/su);
    expect(existsSync(join(rig.workspace, '.git'))).toBe(false);
  });

  test('a session that is not exactly as ordered is ended before it acts', async () => {
    await using rig = await aRig(USUAL, inTurn({ content: [say('hello')] }));
    const { end } = await rig.run(rig.order({ tools: ['Read', 'NoSuchTool'] }));
    expect(end).toEqual({
      status: 'failed',
      reason: 'The session is not as ordered: tools: Read instead of NoSuchTool, Read',
    });
  });

  test('a host tool that throws is a failed call, and bad input never reaches it', async () => {
    const broken: HostTool = {
      ...reportTool([]),
      handle: () => Promise.reject(new Error('the item is closed')),
    };
    await using rig = await aRig(
      USUAL,
      inTurn(
        { content: [call('mcp__tracker__report', { kind: 'done!', text: 'x' })] },
        { content: [call('mcp__tracker__report', { kind: 'note', text: 'x' })] },
        { content: [say('ready')] },
      ),
    );
    const { events } = await rig.run(rig.order({ hostTools: [broken] }));
    const calls = events.filter((event) => event.type === 'tool_ended');
    expect(calls.map(({ failed }) => failed)).toEqual([true, true]);
    expect(calls[0]?.output).not.toContain('the item is closed');
    expect(calls[1]?.output).toContain('the item is closed');
  });
});

function textOf(value: unknown): string {
  return JSON.stringify(value ?? null);
}

/** Seconds to sleep that no other process on this machine sleeps. */
function aNap(): string {
  return `300.${Math.floor(performance.timeOrigin + performance.now())}`;
}

/** Everything in a workspace that a CLI left to its defaults would obey. */
async function layTraps({ workspace }: Rig): Promise<void> {
  const sprung = `touch ${join(workspace, 'sprung')}`;
  const hooks = { SessionStart: [{ hooks: [{ type: 'command', command: sprung }] }] };
  const server = { trap: { command: 'sh', args: ['-c', sprung] } };
  await mkdir(join(workspace, '.claude'));
  await writeFile(join(workspace, 'CLAUDE.md'), 'This is a trap.');
  await writeFile(join(workspace, '.claude/settings.json'), JSON.stringify({ hooks }));
  await writeFile(join(workspace, '.mcp.json'), JSON.stringify({ mcpServers: server }));
}
