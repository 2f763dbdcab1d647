#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** First Node that runs the program. */
const NEEDED = 24;

const present = Number(process.versions.node.split('.')[0]);

/** The Node that the package's own dependencies brought, if they did. */
function ownNode(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json');
    const path = join(dirname(manifest), 'bin', 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Hands everything over to a newer Node; its signals and exit status become ours. */
function handOver(node: string): void {
  const argv = [...process.execArgv, ...process.argv.slice(1)];
  const ended = spawnSync(node, argv, { stdio: 'inherit' });
  process.exitCode = ended.status ?? 1;
  if (ended.signal !== null) process.kill(process.pid, ended.signal);
}

if (present >= NEEDED) {
  const { main } = await import('./main.ts');
  await main(process.argv.slice(2));
} else {
  const newer = ownNode();
  if (newer === undefined) {
    process.stderr.write(
      `harness needs Node ${NEEDED} or newer, this is ${process.versions.node}. Install it from https://nodejs.org\n`,
    );
    process.exitCode = 69;
  } else handOver(newer);
}
