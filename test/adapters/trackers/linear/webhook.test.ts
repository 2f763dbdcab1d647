import { describe, expect, test } from 'vitest';
import { createWebhookDoor } from '../../../../src/adapters/trackers/linear/webhook.ts';
import type { Arrived, Verdict } from '../../../../src/adapters/trackers/linear/webhook.ts';
import { newItem } from '../../../contracts/tracker-given.ts';
import { NO_LIMITS, startFakeLinear } from '../../../support/linear/start-fake-linear.ts';
import { deliveryOf } from '../../../support/linear/webhooks.ts';
import { serveHttp } from '../../../support/loopback.ts';
import { aLinearTracker } from './a-linear-tracker.ts';

const SECRET = 'lin_wh_secret';
const NOW = Date.parse('2026-05-01T12:00:00Z');

const anyIssue = {
  kind: 'Issue',
  id: 'i-1',
  createdAt: '2026-05-01T12:00:00Z',
  updatedAt: '2026-05-01T12:00:00Z',
  archivedAt: null,
} as const;

function arrived(at = NOW, secret = SECRET): Arrived {
  const change = { action: 'update', entity: anyIssue, before: {} } as const;
  const { headers, body } = deliveryOf(change, secret, at);
  return { headers, body: Buffer.from(body) };
}

const door = () => createWebhookDoor({ secret: SECRET, now: () => NOW });

describe('a webhook of Linear', () => {
  test('is let in once, and says only that something changed', () => {
    expect(door()(arrived())).toEqual({ kind: 'changed', of: 'Issue' });
  });

  test.each([
    ['forged with another secret', () => arrived(NOW, 'guess'), /signature/],
    ['without a signature', () => ({ ...arrived(), headers: {} }), /signature/],
    [
      'with a signature that is no hex',
      () => ({ ...arrived(), headers: { 'linear-signature': 'zz' } }),
      /signature/,
    ],
    [
      'changed on its way',
      () => {
        const { headers, body } = arrived();
        return { headers, body: Buffer.concat([body, Buffer.from(' ')]) };
      },
      /signature/,
    ],
    ['of two minutes ago', () => arrived(NOW - 120_000), /another time, by 120 s/],
    ['of the future', () => arrived(NOW + 61_000), /another time, by -61 s.*clock/],
  ])('%s is refused', (...[, sent, why]) => {
    expect(door()(sent())).toMatchObject({ kind: 'refused', why: expect.stringMatching(why) });
  });

  test('within a minute of difference between the clocks it is let in', () => {
    expect(door()(arrived(NOW - 59_000)).kind).toBe('changed');
    expect(door()(arrived(NOW + 59_000)).kind).toBe('changed');
  });

  test('sent again it is refused, also under another delivery id', () => {
    const judge = door();
    const first = arrived();
    judge(first);
    expect(judge(first)).toMatchObject({ kind: 'refused' });
    const renamed = { ...first, headers: { ...first.headers, 'linear-delivery': 'another' } };
    expect(judge(renamed)).toMatchObject({ kind: 'refused' });
  });

  test.each([
    ['in capitals', (signature: string) => signature.toUpperCase()],
    ['with more behind it', (signature: string) => `${signature}zz`],
    ['with a byte behind it', (signature: string) => `${signature}00`],
    ['with a blank behind it', (signature: string) => `${signature} `],
  ])('I12 sent again with its signature spelled %s it is refused', (_, spelled) => {
    const judge = door();
    const first = arrived();
    const headers = {
      'linear-signature': spelled(first.headers['linear-signature'] ?? ''),
      'linear-delivery': 'another',
    };
    judge(first);
    expect(judge({ ...first, headers })).toMatchObject({ kind: 'refused' });
  });

  test('a signature is 64 hex digits and nothing else', () => {
    const { body, headers } = arrived();
    const signature = headers['linear-signature'] ?? '';
    for (const given of [`${signature}zz`, ` ${signature}`, `sha256=${signature}`])
      expect(door()({ body, headers: { 'linear-signature': given } })).toMatchObject({
        why: expect.stringMatching(/signature/u),
      });
  });

  test('what was refused does not use up the delivery', () => {
    const judge = door();
    const good = arrived();
    judge({ ...good, body: Buffer.from('{}') });
    expect(judge(good).kind).toBe('changed');
  });
});

test('each change that a person makes in the fake Linear is let in', async () => {
  const verdicts: Verdict[] = [];
  const judge = createWebhookDoor({ secret: SECRET, now: () => Date.now() });
  await using server = await serveHttp((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      verdicts.push(judge({ headers, body: Buffer.concat(chunks) }));
      response.end();
    });
  });
  const webhook = { url: server.url, secret: SECRET };
  await using fake = await startFakeLinear({ webhook, limits: NO_LIMITS });
  const tracker = aLinearTracker(fake);
  await tracker.create([newItem({ key: 'A' })]);
  await tracker.edit('A', { title: 'Theirs' });
  await fake.webhooksSettled();
  expect(new Set(verdicts.map(({ kind }) => kind))).toEqual(new Set(['changed']));
  expect(verdicts.map((one) => ('of' in one ? one.of : ''))).toContain('Issue');
});

test('what a refused webhook would have told is read at the next look all the same', async () => {
  await using fake = await startFakeLinear({ limits: NO_LIMITS });
  const tracker = aLinearTracker(fake);
  await tracker.create([newItem({ key: 'A' })]);
  await tracker.list();
  const sent: Arrived[] = [];
  fake.store.onChange((change) => {
    // By a clock that is five minutes slow, by somebody else, and both once more.
    for (const given of [
      deliveryOf(change, SECRET, Date.now() - 300_000),
      deliveryOf(change, 'guess', Date.now()),
    ])
      sent.push({ headers: given.headers, body: Buffer.from(given.body) });
  });
  const [issue] = fake.store.all('Issue');
  if (issue !== undefined) fake.store.update(issue, { title: 'Theirs' });
  const judge = createWebhookDoor({ secret: SECRET, now: () => Date.now() });
  const verdicts = [...sent, ...sent].map((one) => judge(one).kind);
  expect(verdicts).toEqual(['refused', 'refused', 'refused', 'refused']);
  expect((await tracker.get('A')).title).toBe('Theirs');
  expect(await tracker.list()).toMatchObject([{ title: 'Theirs' }]);
});
