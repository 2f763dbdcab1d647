import type { DLogger } from '@dbos-inc/dbos-sdk';

const drop = (): void => undefined;

/** DBOS talks to stdout by itself, which would break `--json`; only what went wrong is kept. */
export function quietLogger(log: (line: string) => void): DLogger {
  const keep = (entry: unknown): void =>
    log(`engine: ${entry instanceof Error ? entry.message : String(entry)}`);
  return { info: drop, debug: drop, warn: keep, error: keep };
}
