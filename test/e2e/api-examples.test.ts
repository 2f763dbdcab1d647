/** Three quarters of a minute on a busy machine: one small run that the examples of a page begin, answer, stop and go on with. */
import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { unsealable } from '../safety/a-box.ts';
import { linesOf } from '../requirements/commands.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { USUAL_PATH } from '../support/harness-cli.ts';
import { serveIn } from '../support/served-dashboard.ts';
import { aSmallRun } from '../support/small-run.ts';

/** Far longer than a phase of it takes, on a busy machine too. */
const PATIENCE_MS = 90_000;

interface Said {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

const withId = z.looseObject({ id: z.string() });
const withApprovals = z.looseObject({ approvals: z.array(z.looseObject({ state: z.string() })) });

/** What the answer to the request holds, by the end of its line; all others only have to be taken. */
const TELLS: Readonly<Record<string, RegExp>> = {
  '/health': /"status":"healthy"/u,
  '/board': /"phases":\[/u,
  '/approve': /"answer":"approved"/u,
  '/reject': /"answer":"rejected"/u,
  '/work-items': /"key":"ADD-1"/u,
  '/work-items/ADD-1': /"skipped":true/u,
  '/work-items?limit=50': /"ADD-1"/u,
  '/why': /"cause":/u,
  '?after=0': /^id: 1\nevent: run\.created\n/mu,
  '&limit=100': /"type":"run\.created"/u,
  '/cost?by=phase': /"total":/u,
  '/metrics': /^harness_runs/mu,
};

test.skipIf(unsealable !== undefined || quickOnly)(
  'every request that the page of the API shows does what it says, in its order',
  { timeout: 240_000 },
  async () => {
    await using small = await aSmallRun();
    const { url, token } = await serveIn(small.bench);
    const env = { PATH: USUAL_PATH, API: `${url}/v1`, HARNESS_TOKEN: token, ID: '', STATE: '' };
    const inShell = (line: string): Promise<Said> =>
      new Promise((resolve) => {
        const order = { env, cwd: small.bench.folder, encoding: 'utf8' } as const;
        execFile('bash', ['-c', line], order, (error, out, err) =>
          resolve({ exit: typeof error?.code === 'number' ? error.code : 0, out, err }),
        );
      });
    const lines = linesOf('docs/api.md');
    expect(lines.length).toBeGreaterThan(15);
    const ask = lines.find((line) => line.endsWith('/approvals"')) ?? '';
    const asked = async (): Promise<string | undefined> =>
      withApprovals.parse(JSON.parse((await inShell(ask)).out)).approvals[0]?.state;
    const nextQuestion = async (): Promise<string> => {
      for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
        const state = await asked();
        if (state !== undefined && state !== env.STATE) return state;
        await delay(250);
      }
      throw new Error('nothing was asked');
    };
    for (const line of lines) {
      if (line.includes('$STATE')) env.STATE = await nextQuestion();
      const { exit, out, err } = await inShell(line);
      // A stream lasts until somebody leaves: curl says so with 28.
      expect([line, exit, out, err]).toEqual([
        line,
        line.includes('--max-time') ? 28 : 0,
        out,
        err,
      ]);
      if (line.includes('"name"')) env.ID = withId.parse(JSON.parse(out)).id;
      const [, tells = /^/u] =
        Object.entries(TELLS).find(([end]) => line.endsWith(`${end}"`)) ?? [];
      expect([line, out]).toEqual([line, expect.stringMatching(tells)]);
    }
  },
);
