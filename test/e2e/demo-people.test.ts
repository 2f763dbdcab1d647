import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pocketLedger } from '../../src/rehearsal/scenarios/pocket-ledger.ts';
import { always, bash, report, write, type Scenario } from '../../src/rehearsal/script.ts';
import { quickOnly } from '../support/e2e-part.ts';
import { proveExit } from '../support/harness-cli.ts';
import {
  FAKE_KEY,
  NO_LIMITS,
  startFakeLinear,
  type FakeLinear,
} from '../support/linear/start-fake-linear.ts';
import type { Entity } from '../support/linear/store.ts';
import { aSmallRun } from '../support/small-run.ts';

/** Parts of a page, of which the first takes its builder longer than anybody waits. */
function slowFirstPart(): Scenario {
  const whole = pocketLedger();
  const slow = always(
    write('src/features/note-1.js', `export const section = () => '<p>Half done</p>';\n`),
    bash('sleep 300'),
    report('complete', 'It took a while.'),
  );
  return {
    ...whole,
    named: (ask) => (/^Issue \S+: Tally - Part 1$/mu.test(ask.opening) ? slow : whole.named?.(ask)),
  };
}

function part({ store }: FakeLinear, number: number): Entity {
  const found = store.all('Issue').find(({ title }) => title === `Tally - Part ${number}`);
  if (found === undefined) throw new Error(`there is no part ${number}`);
  return found;
}

function typeIn(fake: FakeLinear, number: number): unknown {
  return fake.store.get('WorkflowState', part(fake, number)['stateId'])['type'];
}

/** A person at work in Linear: once the issues are there, and once an agent begins the first. */
function aPerson(fake: FakeLinear): void {
  const { store } = fake;
  const elsewhere = store.insert('Project', { name: 'Elsewhere', description: '', teamIds: [] });
  const done = new Set<string>();
  store.onChange(({ entity }) => {
    const body = String(entity['body']);
    if (body.startsWith('Session 1:') && !done.has('order')) {
      done.add('order');
      store.update(part(fake, 1), { priority: 1 });
      store.update(part(fake, 5), { priority: 1 });
      store.update(part(fake, 4), { priority: 2 });
      const [issueId, relatedIssueId] = [part(fake, 4).id, part(fake, 5).id];
      store.insert('IssueRelation', { issueId, relatedIssueId, type: 'blocks' });
      const description =
        'As they want it.\n\n## Checks\n```\ngrep -q "Note 3" src/features/note-3.js\n```';
      store.update(part(fake, 3), { description });
      store.update(part(fake, 2), { projectId: elsewhere.id });
    }
    if (!done.has('order') || done.has('cancel') || typeIn(fake, 1) !== 'started') return;
    done.add('cancel');
    const cancelled = store.all('WorkflowState').find(({ type }) => type === 'canceled');
    store.update(part(fake, 1), { stateId: cancelled?.id });
  });
}

function saidOf({ store }: FakeLinear, issue: Entity): readonly string[] {
  return store
    .all('Comment')
    .filter(({ issueId }) => issueId === issue.id)
    .map(({ body }) => String(body));
}

// About 80 s.
test.skipIf(quickOnly)(
  'in a run of demo mode people cancel, order, block, rewrite and move issues in Linear, also while an agent works',
  { timeout: 900_000 },
  async () => {
    await using fake = await startFakeLinear({ limits: NO_LIMITS });
    await using small = await aSmallRun({ scenario: slowFirstPart() });
    const env = {
      LINEAR_API_KEY: FAKE_KEY,
      LINEAR_API_URL: fake.apiUrl,
      LINEAR_MCP_URL: fake.mcpUrl,
    };
    const project = join(small.bench.folder, 'tally');
    await mkdir(project);
    await writeFile(join(project, 'app_spec.txt'), 'Tally: counts things.\n');
    aPerson(fake);
    const ended = await small.bench.run(['demo', '--issues', '5', '--project-dir', project], {
      env,
    });
    proveExit(ended, 0);

    const claimed = fake.store
      .all('Comment')
      .filter(({ body }) => String(body).startsWith('Claimed by'))
      .map(({ issueId }) => String(fake.store.get('Issue', issueId)['title']).at(-1));
    // The fifth is as urgent as the first, and waits for the fourth; nobody is given the second.
    expect(claimed).toEqual(['1', '4', '5', '3']);
    expect([1, 2, 3, 4, 5].map((number) => typeIn(fake, number))).toEqual([
      'canceled',
      'unstarted',
      'completed',
      'completed',
      'completed',
    ]);

    // Called off in the middle: what there was is kept, nothing of it is merged or called done.
    expect(saidOf(fake, part(fake, 1)).filter((body) => body.startsWith('Done'))).toEqual([]);
    await expect(access(join(project, 'src/features/note-1.js'))).rejects.toThrow('ENOENT');
    const kept = await small.bench.run(['recover', '--json', '--project-dir', project], { env });
    expect(kept.stdout).toContain(`"item":"ENG-1"`);

    // Rewritten while it waited: proved by what they wrote.
    const third = saidOf(fake, part(fake, 3)).find((body) => body.startsWith('Done: '));
    expect(third).toContain('grep -q "Note 3" src/features/note-3.js');
    expect(third).not.toContain('test/note-3.test.js` exits');
    expect(ended.stdout).not.toContain(FAKE_KEY);
  },
);
