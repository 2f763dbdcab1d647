import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { backOff, follow, type Link } from '../../dashboard/src/live/follow.ts';
import { serveHttp } from '../support/loopback.ts';

interface Heard {
  readonly ids: string[];
  readonly links: Link[];
  readonly asked: (string | null)[];
}

type Answer = (response: ServerResponse, after: number, visit: number) => void;

/** Follows a server of its own until the record of this id has come. */
async function followUntil(last: string, answer: Answer, silenceMs = 5000): Promise<Heard> {
  let visit = 0;
  await using server = await serveHttp((request, response) => {
    visit += 1;
    const after = Number(request.headers['last-event-id'] ?? '0');
    answer(response, after, visit);
  });
  const heard: Heard = { ids: [], links: [], asked: [] };
  const stop = new AbortController();
  await follow({
    open: (after, signal) => {
      heard.asked.push(after);
      const headers = after === null ? {} : { 'last-event-id': after };
      return fetch(server.url, { headers, signal });
    },
    onRecord: ({ id }) => {
      heard.ids.push(id ?? '');
      if (id === last) stop.abort();
    },
    onLink: (link) => heard.links.push(link),
    signal: stop.signal,
    after: '0',
    silenceMs,
    delayMs: () => 1,
  });
  return heard;
}

const record = (id: number): string => `id: ${id}\nevent: x\ndata: {}\n\n`;
const begin = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'text/event-stream' });
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

test('I11 a connection that is cut in the middle of records loses none and doubles none', async () => {
  const heard = await followUntil('40', (response, after, visit) => {
    begin(response);
    const text = numbers(after + 1, 40)
      .map((id) => record(Number(id)))
      .join('');
    if (visit > 8) response.end(text);
    // Cut anywhere, also inside a record.
    else response.write(text.slice(0, 130), () => response.destroy());
  });
  expect(heard.ids).toEqual(numbers(1, 40));
  expect(heard.asked.length).toBeGreaterThan(3);
});

test('records that come twice are dropped by their number', async () => {
  const heard = await followUntil('5', (response, _, visit) => {
    begin(response).end(
      numbers(1, visit === 1 ? 3 : 5)
        .map((id) => record(Number(id)))
        .join(''),
    );
  });
  expect(heard.ids).toEqual(numbers(1, 5));
});

test('a server that is away is asked again, and the page is told meanwhile', async () => {
  const heard = await followUntil('1', (response, _, visit) => {
    if (visit < 3) response.writeHead(503).end();
    else begin(response).end(record(1));
  });
  expect(heard.ids).toEqual(['1']);
  expect(heard.links.map(({ state }) => state)).toEqual(['connecting', 'away', 'away', 'live']);
});

test('a connection that falls silent counts as lost', async () => {
  const heard = await followUntil(
    '2',
    (response, after, visit) => {
      begin(response).write(record(after + 1));
      if (visit === 2) response.end();
    },
    60,
  );
  expect(heard.ids).toEqual(['1', '2']);
  expect(new Set(heard.asked)).toEqual(new Set(['0', '1']));
  expect(heard.links).toContainEqual(
    expect.objectContaining({ state: 'away', reason: 'the server fell silent' }),
  );
});

test('a refused token ends it: nothing but a person mends that', async () => {
  const heard = await followUntil('never', (response) => response.writeHead(401).end());
  expect(heard.asked).toHaveLength(1);
  expect(heard.links.at(-1)).toEqual({ state: 'refused' });
});

test('it waits twice as long each time, at most 15 s', () => {
  expect([1, 2, 3, 4, 5, 6, 20].map(backOff)).toEqual([
    500, 1000, 2000, 4000, 8000, 15_000, 15_000,
  ]);
});
