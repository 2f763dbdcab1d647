import { expect, test } from 'vitest';
import { canonicalHost, isAddress, readHostAndPort } from '../../src/domain/egress.ts';

test.each([
  ['example.org', 'example.org'],
  ['EXAMPLE.org', 'example.org'],
  ['example.org.', 'example.org'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['ｅxample.org', 'example.org'],
  ['my_host', 'my_host'],
  ['127.1', '127.0.0.1'],
  ['0x7f000001', '127.0.0.1'],
  ['017700000001', '127.0.0.1'],
  ['[::FFFF:127.0.0.1]', '[::ffff:7f00:1]'],
  ['[0:0::1]', '[::1]'],
])('%s is %s', (text, host) => {
  expect(canonicalHost(text)).toBe(host);
});

test.each(
  ['', '.', 'a..b', '-', '*', '*.a.b', 'a b', 'a/b', 'a@b', 'a%2eb', 'a\0b', 'a\tb', 'a?b'].concat(
    ['a#b', '::1', '[::1', '[fe80::1%25eth0]', 'a\\b', 'a:b', '[]'],
    [`${'a'.repeat(64)}.b`, 'a'.repeat(300)],
  ),
)('%j is no host', (text) => {
  expect(canonicalHost(text)).toBeUndefined();
});

test('an address is told from a name', () => {
  expect(['127.0.0.1', '[::1]', '1.example', 'example'].map(isAddress)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test.each([
  ['a.b:443', { host: 'a.b', port: 443 }],
  ['a.b', { host: 'a.b', port: undefined }],
  ['[::1]:80', { host: '[::1]', port: 80 }],
  ['a.b:', undefined],
  ['a.b:0', undefined],
  ['a.b:080', undefined],
  ['a.b:65536', undefined],
  ['a.b:443:443', undefined],
  ['a.b:+1', undefined],
  [':443', undefined],
])('%s is read as %j', (text, expected) => {
  expect(readHostAndPort(text)).toEqual(expected);
});
