import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { createGithubDoor } from '../../src/server/github-door.ts';

const SECRET = 'hub-secret';
const body = Buffer.from('{"ref":"refs/heads/main"}');
const hex = createHmac('sha256', SECRET).update(body).digest('hex');
const signature = `sha256=${hex}`;

test('I12 the same body is taken once, whatever unsigned id comes with it', () => {
  const judge = createGithubDoor(SECRET);
  expect(judge({ body, signature, delivery: 'one' })).toBe('taken');
  expect(judge({ body, signature, delivery: 'one' })).toBe('seen');
  expect(judge({ body, signature, delivery: 'another' })).toBe('seen');
  const capitals = `sha256=${hex.toUpperCase()}`;
  expect(judge({ body, signature: capitals, delivery: 'a third' })).toBe('seen');
});

test.each([
  ['more behind it', `${signature}zz`],
  ['a byte behind it', `${signature}00`],
  ['a blank before it', ` ${signature}`],
  ['no name before it', hex],
  ['another name before it', `sha1=${hex}`],
  ['nothing in it', ''],
])('I12 a signature with %s is none', (_, given) => {
  const judge = createGithubDoor(SECRET);
  expect(judge({ body, signature: given, delivery: 'one' })).toBe('unsigned');
});

test('another body of the same secret is taken', () => {
  const judge = createGithubDoor(SECRET);
  const other = Buffer.from('{}');
  const right = `sha256=${createHmac('sha256', SECRET).update(other).digest('hex')}`;
  expect(judge({ body, signature, delivery: 'one' })).toBe('taken');
  expect(judge({ body: other, signature: right, delivery: 'two' })).toBe('taken');
});
