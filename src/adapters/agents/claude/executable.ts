import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../../../domain/errors.ts';

const SDK = '@anthropic-ai/claude-agent-sdk';

/** The agent CLI that the installed SDK brings along. */
export interface ClaudeExecutable {
  /** Absolute path of the native binary; started directly, no interpreter. */
  readonly path: string;
  /** Folders that must be readable in the box for it to start. */
  readonly folders: readonly string[];
}

let found: ClaudeExecutable | undefined;

/**
 * The CLI's binary: it sits in an optional package per platform, glibc or musl. Looked for once: the
 * report that tells which holds up the whole process for 10 ms.
 * @throws HarnessError AGENT_CLI_MISSING when the package of this platform is not installed.
 */
export function claudeExecutable(): ClaudeExecutable {
  return (found ??= findExecutable());
}

function findExecutable(): ClaudeExecutable {
  for (const name of platformPackages()) {
    const path = resolved(`${name}/claude`);
    if (path !== null) return { path, folders: [dirname(path)] };
  }
  throw new HarnessError(
    'AGENT_CLI_MISSING',
    `The agent CLI for ${process.platform}-${process.arch} is not installed; run "npm ci" without --omit=optional.`,
  );
}

const manifestSchema = z.object({ claudeCodeVersion: z.string() });

/** Version of the CLI that the installed SDK was made for, such as `2.1.330`. */
export function cliVersion(): string {
  const manifest = join(dirname(sdkEntry()), 'package.json');
  return manifestSchema.parse(JSON.parse(readFileSync(manifest, 'utf8'))).claudeCodeVersion;
}

function sdkEntry(): string {
  return createRequire(import.meta.url).resolve(SDK);
}

/** Only a glibc process reports a glibc version; the other flavour's loader would be missing. */
function platformPackages(): readonly string[] {
  const plain = `${SDK}-${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') return [plain];
  const report = z
    .object({ header: z.object({ glibcVersionRuntime: z.string().optional() }) })
    .safeParse(process.report.getReport());
  const musl = report.success && report.data.header.glibcVersionRuntime === undefined;
  return musl ? [`${plain}-musl`] : [plain];
}

/** Looked up from the SDK's own place, where npm puts what it depends on. */
function resolved(name: string): string | null {
  try {
    const path = createRequire(sdkEntry()).resolve(name);
    return existsSync(path) ? path : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}
