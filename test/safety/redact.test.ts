import { expect, test } from 'vitest';
import { redactorOf } from '../../src/safety/redact.ts';

const SECRET = 'sk-ant-/+"ä?&=key';

test.each([
  ['as it is', SECRET],
  ['in a URL', encodeURIComponent(SECRET)],
  ['in base64', Buffer.from(SECRET).toString('base64')],
  ['in base64 without its end', Buffer.from(SECRET).toString('base64').replace(/=+$/, '')],
  ['in base64 for URLs', Buffer.from(SECRET).toString('base64url')],
  ['in hex', Buffer.from(SECRET).toString('hex')],
])('I7 a secret is taken out of a text: %s', (_, form) => {
  expect(redactorOf([SECRET])(`key=${form};\n${form}`)).toBe('key=[secret];\n[secret]');
});

test('I7 a secret that begins with another is taken out whole', () => {
  const redact = redactorOf(['password', 'password-for-production']);
  expect(redact('password-for-production password')).toBe('[secret] [secret]');
});

test('values too short to be secrets leave ordinary words alone', () => {
  expect(redactorOf(['', 'true', '12345'])('true and 12345')).toBe('true and 12345');
});

test('without secrets a text stays as it is', () => {
  expect(redactorOf([])('anything')).toBe('anything');
});

test('what looks like a pattern in a secret is no pattern', () => {
  expect(redactorOf(['$&.*(secret'])('x $&.*(secret y')).toBe('x [secret] y');
});
