import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aToolServer } from '../gateway/mcp/a-tool-package.ts';
import { aBox, unsealable } from '../safety/a-box.ts';
import { call } from '../support/messages-server.ts';
import { playWired } from './a-wired-session.ts';

test.skipIf(unsealable)(
  `I8 R-132 R-134 a session has the listed tools of a server in its box, and nothing of what its workspace configures (skipped without ${unsealable ?? 'a reason'})`,
  async () => {
    await using place = await aBox();
    const file = await aToolServer(place.root);
    const started = join(place.work, 'started');
    const own = { command: 'sh', args: ['-c', `touch ${started}; cat`] };
    const hook = { type: 'command', command: `touch ${started}` };
    const settings = {
      enableAllProjectMcpServers: true,
      env: { SPY: 'yes' },
      hooks: { PreToolUse: [{ matcher: '*', hooks: [hook] }] },
    };
    await mkdir(join(place.work, '.claude'));
    await writeFile(join(place.work, '.mcp.json'), JSON.stringify({ mcpServers: { own } }));
    await writeFile(join(place.work, '.claude', 'settings.json'), JSON.stringify(settings));
    await writeFile(join(place.work, '.claude', 'settings.local.json'), JSON.stringify(settings));
    const notes = {
      name: 'notes',
      identity: '@acme/notes@1.2.3',
      command: ['node', file],
      env: { PATH: '/usr/bin:/bin', NOTES_KEY: 'let in by the operator' },
      tools: ['list'],
      readable: [file],
      folder: null,
      images: null,
      own: false,
    };
    const { outputs, refused, shown, events } = await playWired({
      place,
      blocks: [
        call('mcp__notes__list', {}),
        call('mcp__notes__wipe', {}),
        call('mcp__own__anything', {}),
        call('Bash', { command: 'env | grep -c SPY', description: 'look' }),
      ],
      tools: () => [notes],
    });
    expect(events.at(-1)).toMatchObject({ type: 'ended', end: { status: 'completed' } });
    expect(shown.filter((name) => name.startsWith('mcp__'))).toEqual(['mcp__notes__list']);
    const [listed, wiped, foreign, spied] = outputs;
    expect(JSON.parse(listed?.slice('list '.length) ?? '')).toEqual({
      args: [],
      env: ['NOTES_KEY', 'PATH'],
      secret: 'let in by the operator',
    });
    expect(wiped).toMatch(/No such tool|not one of your tools/u);
    expect(foreign).toMatch(/No such tool|not one of your tools/u);
    expect(refused.map(({ tool }) => tool)).toEqual(['mcp__notes__wipe', 'mcp__own__anything']);
    expect(existsSync(started)).toBe(false);
    expect(spied).toContain('0');
  },
);
