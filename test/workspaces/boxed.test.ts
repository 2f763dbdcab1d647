import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { commitCommand } from '../../src/workspaces/box-commands.ts';
import { aBox, unsealable } from '../safety/a-box.ts';
import { aProject, PATIENCE_MS, userGit, write } from './a-project.ts';

vi.setConfig({ testTimeout: PATIENCE_MS });
afterAll(() => vi.resetConfig());

const missing = unsealable === undefined ? '' : ` (skipped without ${unsealable})`;

test.skipIf(missing !== '')(
  `I1 an attempt goes through a sealed box and back${missing}`,
  async () => {
    using project = await aProject();
    await using place = await aBox();
    const { hub } = project;
    const fence = { attemptId: 'a1', number: 1 };
    await hub.setFence(fence);
    const workspace = await hub.open('a1', { fresh: true });
    const runInBox = (command: readonly string[]) =>
      place.box.run({
        command,
        cwd: workspace.path,
        writable: [workspace.path],
        readable: workspace.objects,
        env: {},
        socket: null,
        stdin: 'ignore',
        timeoutMs: PATIENCE_MS,
      });
    write(workspace.path, { 'b.txt': 'b\n' });
    mkdirSync(join(workspace.path, 'app'));
    userGit(join(workspace.path, 'app'), 'init', '-q');
    write(workspace.path, { 'app/main.js': 'x\n' });
    expect(await runInBox(commitCommand(workspace, 'work'))).toMatchObject({ exit: 0, output: '' });
    const taken = await hub.importBundle(workspace, fence);
    if (taken.kind !== 'imported') throw new Error(taken.kind);
    expect(await hub.readFile(taken.commit, 'app/main.js')).toBe('x\n');
    const saved = { kind: 'left_over', saved: taken.commit, runInBox };
    expect(await hub.rescue(workspace, saved)).toMatchObject({ skipped: [] });
    userGit(workspace.path, 'switch', '-q', '-c', 'side');
    userGit(workspace.path, 'commit', '-q', '--allow-empty', '-m', 'only in the clone');
    const side = userGit(workspace.path, 'rev-parse', 'HEAD');
    const rescued = await hub.rescue(workspace, saved);
    expect(await hub.treeOf(side)).toMatch(/^[0-9a-f]{40}$/);
    await hub.remove(workspace, rescued);
  },
);
