import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Config, ConfigFlags } from '../../src/config/config.ts';
import { findConfigFile } from '../../src/config/read-file.ts';
import { loadConfig } from '../../src/config/load-config.ts';

export interface Given {
  readonly yaml?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: ConfigFlags;
  readonly dotenv?: string;
}

/** Loads from a folder that is gone afterwards; its path reads `CWD` in the result of `text`. */
export function load(given: Given = {}): Config {
  return inFolder(given, (cwd) =>
    loadConfig({
      file: findConfigFile(cwd, undefined),
      env: given.env ?? {},
      flags: given.flags ?? {},
      cwd,
    }),
  );
}

/** The message of the refusal. */
export function refusal(given: Given): string {
  try {
    load(given);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'CONFIG_INVALID')
      return error.message;
    throw error;
  }
  return 'accepted';
}

/** A temporary folder with these files, for as long as `use` runs. */
export function inFolder<T>(given: Given, use: (cwd: string) => T): T {
  const cwd = mkdtempSync(join(tmpdir(), 'harness-config-'));
  try {
    put(join(cwd, 'orchestrator.yaml'), given.yaml);
    put(join(cwd, '.env'), given.dotenv);
    return use(cwd);
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

function put(path: string, content: string | Uint8Array | undefined): void {
  if (content === undefined) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
