import { expect, test } from 'vitest';
import { dotEnvNotes } from '../../src/config/dot-env-notes.ts';

const KNOWN = ['ANTHROPIC_API_KEY', 'LINEAR_API_KEY', 'HARNESS_HOME', 'DATABASE_URL', 'API_PORT'];
const notes = (text: string) => dotEnvNotes(text, KNOWN);

test.each([
  ['ANTHROPIC_API_KEYS=x', 'ANTHROPIC_API_KEY'],
  ['ANTHROPIC_APIKEY=x', 'ANTHROPIC_API_KEY'],
  ['export LINEAR_API_KEI=x', 'LINEAR_API_KEY'],
  ['HARNES_HOME=/x', 'HARNESS_HOME'],
  ['DATABSE_URL=x', 'DATABASE_URL'],
  ['anthropic_api_key=x', 'ANTHROPIC_API_KEY'],
])('%s in .env is read by nothing, and what was meant is named', (line, meant) => {
  const name = /[\w]+(?==)/u.exec(line)?.[0] ?? '';
  expect(notes(line)).toEqual([`.env: nothing reads ${name}; did you mean ${meant}?`]);
});

test.each([
  'ANTHROPIC_API_KEY=x',
  '# ANTHROPIC_APIKEY=x',
  'MY_KEY=x',
  'PORT=80',
  'APP_PORT=80',
  'ANTHROPIC_MODEL=x',
  'STRIPE_API_KEY=x',
  '',
  'CERT="-----BEGIN\nabc def\n-----END"',
])('%s says nothing wrong', (text) => {
  expect(notes(text)).toEqual([]);
});

test('a line that is none is told with its number', () => {
  expect(notes('A=1\n\nANTHROPIC_API_KEY sk-1\n')).toEqual([
    '.env: line 3 is no NAME=VALUE and is ignored',
  ]);
});
