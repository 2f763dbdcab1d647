import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

test('the package is made of ES modules and needs nothing but Node', () => {
  assert.equal(manifest.type, 'module');
  assert.equal(manifest.dependencies, undefined);
});
