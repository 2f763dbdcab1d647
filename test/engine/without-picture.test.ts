import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withoutPicture } from '../../src/engine/attempt/without-picture.ts';
import { anItem, runWith, SETTINGS } from '../support/a-run.ts';

const DEMO = { tracker: 'local', issues: 1, project: null } as const;

type Facts = Parameters<typeof withoutPicture>;

function facts(folder: string, changes: Partial<Facts[1]> = {}): Facts {
  const attempt = {
    id: 'a',
    projectId: 'p',
    runId: 'r',
    phase: 'implement',
    role: 'coder',
    itemKey: 'APP-1',
    number: 2,
    sessionId: 's',
    fence: 1,
    end: null,
    startedAt: '',
    endedAt: null,
  } as const;
  const paths = {
    evidenceOf: () => folder,
    configOf: () => '',
    transcriptOf: () => '',
    socketOf: () => '',
    gateOf: () => '',
  };
  const begun = {
    attempt,
    run: runWith({ settings: { ...SETTINGS, demo: DEMO } }),
    project: {
      id: 'p',
      name: 'shop',
      directory: folder,
      description: null,
      idea: null,
      createdAt: '',
    },
    item: anItem({ checks: [] }),
    ...changes,
  };
  return [{ paths }, begun];
}

test('I3 an issue without checks wants a picture of this very try', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'pictures-'));
  expect(await withoutPicture(...facts(join(folder.path, 'none')))).toContain('a screenshot');
  await writeFile(join(folder.path, 'try-1-01.png'), 'of the first try');
  expect(await withoutPicture(...facts(folder.path))).toContain('a screenshot');
  await writeFile(join(folder.path, 'try-2-01.png'), 'of this one');
  expect(await withoutPicture(...facts(folder.path))).toBeNull();
});

test('an issue with checks, and every item of the orchestrator, wants none', async () => {
  const checked = { item: anItem() };
  expect(await withoutPicture(...facts('/nowhere', checked))).toBeNull();
  expect(await withoutPicture(...facts('/nowhere', { run: runWith() }))).toBeNull();
});
