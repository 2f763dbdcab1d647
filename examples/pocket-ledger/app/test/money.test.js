import assert from 'node:assert/strict';
import test from 'node:test';
import { format, parse } from '../src/money.js';

test('amounts are whole cents', () => {
  assert.equal(format(5), '0.05');
  assert.equal(format(123456), '1234.56');
  assert.equal(parse('12,5'), 1250);
  assert.equal(parse('3'), 300);
  assert.equal(parse('three'), undefined);
});
