import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const folder = await mkdtemp(join(tmpdir(), 'reading-list-smoke-'));
const main = fileURLToPath(new URL('../src/main.js', import.meta.url));
const server = spawn(
  process.execPath,
  [main, '--port', '0', '--data', join(folder, 'links.json')],
  { stdio: ['ignore', 'pipe', 'inherit'], timeout: 20_000 },
);
const ended = once(server, 'exit');
try {
  const [line] = await Promise.race([
    once(createInterface(server.stdout), 'line'),
    ended.then(([code]) => Promise.reject(new Error(`The server ended with ${code}.`))),
  ]);
  await probe(line.slice(line.indexOf('http://')));
} finally {
  server.kill();
  await ended;
  await rm(folder, { recursive: true, force: true });
}

async function probe(base) {
  const health = await fetch(`${base}/health`);
  assert.deepEqual(await health.json(), { status: 'ok' });
  const saved = await fetch(`${base}/api/links`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: 'https://example.org/', title: 'Smoke' }),
  });
  assert.equal(saved.status, 201);
  const page = await fetch(base);
  assert.match(await page.text(), /<h1>Reading list<\/h1>/);
}
