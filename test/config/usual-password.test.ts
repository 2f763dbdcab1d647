import { expect, test } from 'vitest';
import { isUsualPasswordInTheOpen } from '../../src/config/usual-password.ts';

test.each([
  ['postgresql://postgres:postgres@db.example.com:5432/x', true],
  ['postgresql://postgres:postgres@192.168.1.7:5433/x', true],
  ['postgresql://postgres:postgres@[2001:db8::1]/x', true],
  ['postgresql://postgres:sesame@db.example.com/x', false],
  ['postgresql://db.example.com/x', false],
  ['postgresql://postgres:postgres@localhost:5433/x', false],
  ['postgresql://postgres:postgres@127.0.0.1:5433/x', false],
  ['postgresql://postgres:postgres@[::1]:5433/x', false],
  ['postgresql://postgres:postgres@postgres:5433/x', false],
  ['postgresql:///x?host=/run/postgresql', false],
])('R-078 the usual password is warned about outside loopback: %s', (url, warned) => {
  expect(isUsualPasswordInTheOpen(url)).toBe(warned);
});
