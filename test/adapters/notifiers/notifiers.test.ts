import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { notifyingCommand } from '../../../src/adapters/notifiers/command.ts';
import type { Notifier } from '../../../src/adapters/notifiers/notifier.ts';
import { post } from '../../../src/adapters/notifiers/post.ts';
import { webhook } from '../../../src/adapters/notifiers/webhook.ts';
import { NEWS, type Notice } from '../../../src/domain/news.ts';
import { startPostsServer } from '../../support/posts-server.ts';

const NOTICE: Notice = {
  id: 'p.7',
  news: 'failed',
  at: '2026-03-01T12:00:00.000Z',
  project: { id: 'p', name: 'shop', directory: '/p/shop' },
  run: 'r',
  rehearsal: false,
  text: 'shop failed: <!channel> & more',
};

const never = new AbortController().signal;

function toldAt(url: string, more: Partial<Parameters<typeof webhook>[0]> = {}): Notifier {
  const usual = {
    id: 'webhook:1',
    type: 'webhook',
    secret: null,
    on: NEWS,
    now: () => 1_700_000_000_500,
  } as const;
  return webhook({ ...usual, url, pauses: [1, 1], ...more });
}

test.each([
  ['a-secret-of-any-form', Buffer.from('a-secret-of-any-form')],
  [
    `whsec_${Buffer.from('twenty four bytes of key').toString('base64')}`,
    Buffer.from('twenty four bytes of key'),
  ],
])('a webhook is signed as Standard Webhooks has it: %s', async (secret, key) => {
  await using server = await startPostsServer();
  await toldAt(server.url, { secret }).tell(NOTICE, never);
  const [{ headers, body } = { headers: {}, body: '' }] = server.posts;
  expect(JSON.parse(body)).toEqual(NOTICE);
  const mac = createHmac('sha256', key).update(`p.7.1700000000.${body}`).digest('base64');
  expect(headers).toMatchObject({
    'webhook-id': 'p.7',
    'webhook-timestamp': '1700000000',
    'webhook-signature': `v1,${mac}`,
    'content-type': 'application/json',
  });
});

test('Slack gets a text without mentions, ntfy a plain one, and neither a signature', async () => {
  await using server = await startPostsServer();
  await toldAt(server.url, { type: 'slack' }).tell(NOTICE, never);
  await toldAt(server.url, { type: 'ntfy' }).tell(NOTICE, never);
  expect(server.posts.map(({ body }) => body)).toEqual([
    '{"text":"shop failed: &lt;!channel&gt; &amp; more"}',
    NOTICE.text,
  ]);
  expect(server.posts.map(({ headers }) => headers['webhook-signature'])).toEqual([
    undefined,
    undefined,
  ]);
});

const answers =
  (...statuses: readonly number[]) =>
  (response: ServerResponse, number: number): void =>
    void response.writeHead(statuses[number - 1] ?? 204, { location: '/elsewhere' }).end();

test('what fails is tried again, with the same id', async () => {
  await using server = await startPostsServer(answers(500, 429, 204));
  await toldAt(server.url).tell(NOTICE, never);
  expect(server.posts.map(({ headers }) => headers['webhook-id'])).toEqual(['p.7', 'p.7', 'p.7']);
});

test.each([
  [[500, 502, 503], 3, 'it answered 503'],
  [[400], 1, 'it answered 400'],
  [[302], 1, 'it answered 302'],
])('answers %j end after %i tries: %s', async (statuses, tries, reason) => {
  await using server = await startPostsServer(answers(...statuses));
  await expect(toldAt(server.url).tell(NOTICE, never)).rejects.toThrow(reason);
  expect(server.posts.length).toBe(tries);
});

test.each([
  { type: 'slack', statuses: [500], tries: 1 },
  { type: 'ntfy', statuses: [503], tries: 1 },
  { type: 'slack', statuses: [429, 429, 429], tries: 3 },
] as const)('$type has no id that tells a repeat: $statuses', async ({ type, statuses, tries }) => {
  await using server = await startPostsServer(answers(...statuses));
  const telling = toldAt(server.url, { type }).tell(NOTICE, never);
  await expect(telling).rejects.toThrow(`it answered ${statuses[0]}`);
  expect(server.posts.length).toBe(tries);
});

const cut = (response: ServerResponse): void => void response.destroy();

test('a connection that breaks once the line was sent is tried again only where an id tells', async () => {
  for (const [type, tries] of [
    ['webhook', 3],
    ['slack', 1],
    ['ntfy', 1],
  ] as const) {
    await using server = await startPostsServer(cut);
    await expect(toldAt(server.url, { type }).tell(NOTICE, never)).rejects.toThrow(
      'other side closed',
    );
    expect(server.posts.length).toBe(tries);
  }
});

test.each(['unless refused', 'where not taken'] as const)(
  'an address where nobody listens is always tried again: %s',
  async (again) => {
    const { url, ...gone } = await startPostsServer();
    await gone[Symbol.asyncDispose]();
    let tries = 0;
    const message = () => ({ body: String((tries += 1)), headers: {} });
    const posting = post({ url, message, signal: never, pauses: [1, 1], again });
    await expect(posting).rejects.toThrow('ECONNREFUSED');
    expect(tries).toBe(3);
  },
);

test('an answer without an end is not read', async () => {
  await using server = await startPostsServer((response) => {
    response.writeHead(200);
    const pour = (): void => void (!response.destroyed && response.write('x'.repeat(65_536), pour));
    pour();
  });
  await toldAt(server.url).tell(NOTICE, never);
  expect(server.posts.length).toBe(1);
});

test('one that never answers is left when the signal fires', async () => {
  await using server = await startPostsServer(() => undefined);
  const leaving = new AbortController();
  const telling = toldAt(server.url).tell(NOTICE, leaving.signal);
  void server.reached(1).then(() => leaving.abort(new Error('this process ended')));
  await expect(telling).rejects.toThrow('this process ended');
  expect(server.posts.length).toBe(1);
});

test('a command gets the line in a variable, all of it as JSON, and no other variable', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harness-notify-'));
  try {
    const env = { PATH: '/usr/bin:/bin' };
    const command =
      'cat > told.json; env | cut -d= -f1 | sort > names; echo "$HARNESS_NEWS: $HARNESS_NOTICE"  > line';
    await notifyingCommand({ id: 'command:1', command, on: NEWS, env, cwd: folder }).tell(
      NOTICE,
      never,
    );
    expect(JSON.parse(await readFile(join(folder, 'told.json'), 'utf8'))).toEqual(NOTICE);
    expect(await readFile(join(folder, 'line'), 'utf8')).toBe(`failed: ${NOTICE.text}\n`);
    const names = (await readFile(join(folder, 'names'), 'utf8')).trim().split('\n');
    expect(names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name))).toEqual([
      'HARNESS_NEWS',
      'HARNESS_NOTICE',
      'PATH',
    ]);
    const failing = notifyingCommand({
      id: 'command:1',
      command: 'exit 3',
      on: NEWS,
      env,
      cwd: folder,
    });
    await expect(failing.tell(NOTICE, never)).rejects.toThrow('it ended with 3');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
