import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { unsealable } from '../safety/a-box.ts';
import { processesNaming } from '../safety/a-tree-of-processes.ts';

describe.skipIf(unsealable)(`the sealed box (skipped without ${unsealable ?? ''})`, () => {
  test('I6 a harness killed at any moment leaves no command running', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'killed-'));
    onTestFinished(async () => rm(folder, { recursive: true, force: true }));
    const marker = `61.${process.pid}`;
    const script = `import { aBox } from '${join(import.meta.dirname, '../safety/a-box.ts')}';
      const place = await aBox();
      place.box.spawn(place.order('', { command: ['sleep', '${marker}'] }));
      console.log('spawned');
      setInterval(() => {}, 1000);`;
    for (let moment = 0; moment < 12; moment += 1) {
      const args = ['--input-type=module-typescript', '-e', script];
      const harness = spawn(process.execPath, args, {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { TMPDIR: folder },
      });
      await once(harness.stdout, 'data');
      await delay(moment * 2);
      harness.kill('SIGKILL');
      await once(harness, 'exit');
    }
    await expect
      .poll(() => processesNaming(marker).filter(([program]) => program === 'sleep'))
      .toEqual([]);
  });
});
