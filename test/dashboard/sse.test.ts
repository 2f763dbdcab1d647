import { expect, test } from 'vitest';
import { takeRecords } from '../../dashboard/src/live/sse.ts';

test('whole records are taken, and the rest is handed back', () => {
  const { records, rest } = takeRecords('id: 7\nevent: item.done\ndata: {"a":1}\n\nid: 8\ndata: x');
  expect(records).toEqual([{ id: '7', event: 'item.done', data: '{"a":1}' }]);
  expect(rest).toBe('id: 8\ndata: x');
  expect(takeRecords(`${rest}\n\n`).records).toEqual([{ id: '8', event: 'message', data: 'x' }]);
});

test('comments, retry lines and records without data give nothing', () => {
  const { records, rest } = takeRecords('retry: 1000\n: events\n\n: hb\n\nid: 3\n\n');
  expect(records).toEqual([]);
  expect(rest).toBe('');
});

test('lines of data are joined, and only one space after the colon is dropped', () => {
  const { records } = takeRecords('data:  two\ndata:lines\ndata\n\n');
  expect(records.map(({ data }) => data)).toEqual([' two\nlines\n']);
});

test('a CRLF that is cut in half between two pieces is still one line end', () => {
  const first = takeRecords('id: 1\r\ndata: a\r\n\r');
  expect(first.records).toEqual([]);
  const second = takeRecords(`${first.rest}\ndata: b\r\n\r\n`);
  expect(second.records.map(({ data }) => data)).toEqual(['a', 'b']);
});

test('any cut of a stream gives the same records', () => {
  const stream = 'id: 1\r\ndata: ä1\r\n\r\n: hb\n\nid: 2\ndata: b\ndata: c\n\nid: 3\rdata: d\r\r';
  const whole = takeRecords(`${stream}\n`).records;
  expect(whole).toHaveLength(3);
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const first = takeRecords(stream.slice(0, cut));
    const second = takeRecords(`${first.rest}${stream.slice(cut)}\n`);
    expect([...first.records, ...second.records], `cut at ${cut}`).toEqual(whole);
  }
});
