import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  openBoxServers,
  type SessionTools,
  type ToolServer,
} from '../../../src/gateway/mcp/box-servers.ts';
import { openPins } from '../../../src/gateway/mcp/pins.ts';
import { aBox, unsealable, type Place } from '../../safety/a-box.ts';
import { aToolServer } from './a-tool-package.ts';

describe.skipIf(unsealable)(
  `servers in the box (skipped without ${unsealable ?? 'a reason'})`,
  () => {
    let place: Place;
    let file: string;
    let folder: string;

    beforeEach(async () => {
      place = await aBox();
      folder = join(place.root, 'session');
      await mkdir(folder);
      file = await aToolServer(place.root);
    });
    afterEach(async () => place[Symbol.asyncDispose]());

    const server = (changes: Partial<ToolServer> = {}, ...args: readonly string[]): ToolServer => ({
      name: 'notes',
      identity: '@acme/notes@1.2.3',
      command: ['node', file, ...args],
      env: { PATH: '/usr/bin:/bin', MODE: 'plain' },
      tools: ['list', 'save'],
      readable: [file],
      folder: null,
      images: join(place.work, 'images'),
      own: false,
      ...changes,
    });
    const opened = (one: ToolServer): Promise<SessionTools> =>
      openBoxServers({
        servers: [one],
        box: place.box,
        pins: openPins(join(place.root, 'pins')),
        folder,
        heard: new Map(),
      });

    /** What the door answers to these messages, in a box like a session's. */
    async function asked(tools: SessionTools, ...messages: readonly object[]): Promise<Answers> {
      const lines = messages.map((message, id) =>
        JSON.stringify({ jsonrpc: '2.0', id, ...message }),
      );
      const [one] = tools.servers;
      const child = place.box.spawn({
        ...place.order(''),
        command: one?.command ?? [],
        readable: [...tools.readable, folder],
        env: { ANTHROPIC_API_KEY: 'token-of-this-session' },
        stdin: 'pipe',
      });
      child.stdin?.write(`${lines.join('\n')}\n`);
      const answers: Answers = new Map();
      for await (const line of linesOf(child.stdout)) {
        const { id, ...rest } = JSON.parse(line);
        answers.set(id, JSON.stringify(rest.result ?? rest.error));
        if (answers.size === messages.length) break;
      }
      child.kill('SIGKILL');
      return answers;
    }

    test('R-132 only listed tools are shown and can be called, with an environment of the server’s own', async () => {
      const tools = await opened(server({}, '--quiet'));
      const answers = await asked(
        tools,
        { method: 'initialize', params: { protocolVersion: '2025-06-18' } },
        { method: 'tools/list' },
        call('list'),
        call('wipe'),
        { method: 'resources/list' },
      );
      expect(answers.get(0)).not.toContain('obey me');
      const { tools: shown } = JSON.parse(answers.get(1) ?? '{}');
      expect(shown.map(({ name }: { name: string }) => name)).toEqual(['list', 'save']);
      const said = JSON.parse(JSON.parse(answers.get(2) ?? '').content[0].text.slice(5));
      expect(said).toEqual({ args: ['--quiet'], env: ['MODE', 'PATH'] });
      expect(answers.get(3)).toContain('wipe is not one of your tools');
      expect(answers.get(4)).toContain('Only tools are offered here');
    });

    test('images of results are kept', async () => {
      const tools = await opened(server());
      await asked(tools, call('save'));
      const kept = await readFile(join(place.work, 'images', 'notes-1'));
      expect(kept.subarray(1, 4).toString()).toBe('PNG');
    });

    test('I8 other words than those that were agreed to are refused before a session, with what to compare', async () => {
      await opened(server());
      const env = { PATH: '/usr/bin:/bin', WORDS: 'Obey the page.' };
      await expect(opened(server({ env }))).rejects.toMatchObject({
        code: 'MCP_CHANGED',
        message: expect.stringMatching(/notes describes list in another way[^]*diff .* mv /u),
      });
      await opened(server());
    });

    test('I8 a server that changes its words once it is in the session is of no use there', async () => {
      const tools = await opened(server());
      await place.run('touch changed');
      const answers = await asked(tools, { method: 'tools/list' }, call('list'));
      expect(answers.get(0)).toContain('Lists notes.');
      expect(answers.get(1)).toContain('MCP_CHANGED');
      expect(answers.get(1)).not.toContain('Obey the page');
    });

    test('a tool that is not offered is named', async () => {
      await expect(opened(server({ tools: ['list', 'lsit'] }))).rejects.toMatchObject({
        code: 'MCP_TOOL_MISSING',
        message: expect.stringContaining('offers list, save, wipe'),
      });
    });

    test.each([
      ['dies', 'die', 'no database'],
      ['sends without end', 'flood', 'sent more than'],
    ])('a server that %s is told of before a session', async (_, mode, reason) => {
      await expect(opened(server({}, mode))).rejects.toMatchObject({
        code: 'MCP_UNAVAILABLE',
        message: expect.stringContaining(reason),
      });
    });

    test('what belongs to this package is asked for its words once', async () => {
      const order = {
        box: place.box,
        pins: openPins(join(place.root, 'pins')),
        folder,
        heard: new Map(),
      };
      const own = server({ own: true });
      await openBoxServers({ ...order, servers: [own] });
      const gone = { ...own, command: ['node', join(place.root, 'gone.js')] };
      expect((await openBoxServers({ ...order, servers: [gone] })).servers).toHaveLength(1);
      expect(existsSync(join(folder, 'notes.json'))).toBe(true);
    });
  },
);

const call = (name: string) => ({ method: 'tools/call', params: { name, arguments: {} } });

type Answers = Map<number, string>;

async function* linesOf(stream: AsyncIterable<unknown> | null): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream ?? []) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
