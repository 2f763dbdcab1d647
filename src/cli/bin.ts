#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';

/** First Node that runs the program. */
const NEEDED = 24;

const present = Number(process.versions.node.split('.')[0]);

/** The Node that the package's own dependencies brought, if they did. */
function ownNode(): string | undefined {
  try {
    const manifest = nodeModule.createRequire(import.meta.url).resolve('node/package.json');
    const path = join(dirname(manifest), 'bin', 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Tells the newer Node whose channel it has: others may start this program with one too. */
const HANDED_OVER = 'handed over';

/**
 * Hands everything over to a newer Node; signals go on to it, its exit status becomes ours. It ends
 * with us also where nothing can be handed on: whoever watches our number must not start a second one.
 */
function handOver(node: string): void {
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // Where it ended at once there is nobody to tell.
  child.send(HANDED_OVER, () => undefined);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      // A terminal has sent its interrupt to both; a second one would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  child.on('error', (error) => {
    process.stderr.write(`harness: ${node} can't be started: ${error.message}\n`);
    process.exitCode = 69;
  });
  child.on('exit', (code, signal) => {
    process.removeAllListeners();
    process.exitCode = code ?? 1;
    if (signal !== null) process.kill(process.pid, signal);
  });
}

/** Ends in order, as by SIGTERM, when whoever handed over to us was killed. */
function endWithParent(): void {
  process.once('message', (said) => {
    if (said !== HANDED_OVER) return;
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
    process.channel?.unref();
  });
  process.channel?.unref();
}

endWithParent();

/** Compiled code is kept between runs: half of a short command's time is compiling. */
if (present >= NEEDED) nodeModule.enableCompileCache();

/** Whether the question was answered already, without loading the program; also by an older Node. */
async function answered(): Promise<boolean> {
  const words = process.argv.slice(2);
  try {
    if (words.includes('--help') || words.includes('-h'))
      return (await import('./quick-help.ts')).quickHelp(words);
    if (!words.includes('status') && !words.includes('--status')) return false;
    const { quickStatus } = await import('./quick-status.ts');
    return await quickStatus(words);
  } catch (error) {
    // A fault of the system or of what was configured: the whole program meets it too, and says it.
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

if (await answered()) process.exitCode = 0;
else if (present >= NEEDED) {
  const { resolveQuickly } = await import('./quick-resolve.ts');
  resolveQuickly();
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
