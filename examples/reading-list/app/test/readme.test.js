import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { features } from '../src/features.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('every route is in the README', async () => {
  for (const feature of features) {
    const { routes } = await import(new URL(feature, new URL('../src/', import.meta.url)));
    for (const { method, path } of routes)
      assert.match(readme, new RegExp(`\`${method} ${path}[?\`]`), `${method} ${path}`);
  }
});

test('the README says how to start and how to test', () => {
  for (const command of ['npm start', 'npm test']) assert.ok(readme.includes(command), command);
});
