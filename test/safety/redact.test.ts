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
  ['in capital hex', Buffer.from(SECRET).toString('hex').toUpperCase()],
  ['in a URL with small letters', encodeURIComponent(SECRET).replaceAll('%3F', '%3f')],
  ['in a URL, every letter of it', Buffer.from(SECRET).toString('hex').replaceAll(/../g, '%$&')],
  ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
])('I7 a secret is taken out of a text: %s', (_, form) => {
  expect(redactorOf([SECRET])(`key=${form};\n${form}`)).toBe('key=[secret];\n[secret]');
});

test.each([0, 1, 2, 3, 4])('I7 a secret %i bytes into a base64 text is no longer in it', (at) => {
  const text = Buffer.from(`${'x'.repeat(at)}${SECRET} and more`);
  for (const form of ['base64', 'base64url'] as const) {
    const clean = redactorOf([SECRET])(text.toString(form));
    expect(clean).toContain('[secret]');
    for (const rest of clean.split('[secret]'))
      expect(Buffer.from(rest, form).toString()).not.toContain(SECRET.slice(0, 4));
  }
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
