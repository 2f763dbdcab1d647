import { expect, test } from 'vitest';
import { takeToken } from '../../dashboard/src/token.ts';

test('the token is taken out of the fragment, and the page it names is shown', () => {
  expect(takeToken('#token=a%2Bb-c_d&to=/projects/7')).toEqual({
    token: 'a+b-c_d',
    address: '#/projects/7',
  });
  expect(takeToken('#token=x')).toEqual({ token: 'x', address: '#/' });
});

test('an address of a page holds no token', () => {
  expect(takeToken('#/projects/token=x')).toBeNull();
  expect(takeToken('')).toBeNull();
});

test('it never leads away from the page', () => {
  expect(takeToken('#token=x&to=https://elsewhere.example')).toEqual({ token: 'x', address: '#/' });
});
