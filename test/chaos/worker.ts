import { randomUUID } from 'node:crypto';
import { loadConfig } from '../../src/config/load-config.ts';
import { processEnvironment } from '../../src/config/variables.ts';
import { startRun } from '../../src/engine/operations.ts';
import { openHost } from '../../src/host.ts';
import { openApp } from '../../src/open-app.ts';
import { prepareProject } from '../../src/project.ts';

/**
 * A worker whose lease is so short that a test can wait for its end. The first argument is the folder
 * of a project that it starts a run of; empty, it only takes part. The second: agents at once.
 */
const LEASE_MS = 3000;
const [, , directory = '', capacity = '4'] = process.argv;
const env = processEnvironment();
const file = 'orchestrator.yaml';
const config = loadConfig({ file, env, flags: { autonomy: 'full' }, cwd: process.cwd() });
const path = env['PATH'] ?? '';
const app = await openApp({
  config,
  path,
  homeFolder: env['HOME'] ?? '',
  log: (line) => process.stderr.write(`${line}\n`),
});
if (config.credential === null) throw new Error('the test gives a credential');
const { kind, value } = config.credential;
await openHost(app, {
  label: '',
  upstream: { baseUrl: config.upstreamUrl, credential: { kind, value: value.reveal() } },
  unsealed: 'never',
  capacity: Number(capacity),
  leaseMs: LEASE_MS,
});
if (directory !== '') {
  const order = {
    directory,
    name: 'chaos',
    existing: false,
    rehearsal: false,
    notice: () => undefined,
  };
  const project = await prepareProject(app, order);
  await startRun(
    { store: app.store, client: await app.client() },
    { id: randomUUID(), projectId: project.id, idea: 'three words', settings: config.settings },
  );
}
process.stdout.write('ready\n');
