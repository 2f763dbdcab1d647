import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HarnessError, hasCode } from '../domain/errors.ts';
import { plainJson } from '../safety/plain-json.ts';
import type { SessionEvent } from './agent.ts';
import { withoutSecrets } from './without-secrets.ts';

/** Keeps what an agent said and did, in the harness's own words, out of the agent's reach. */
export interface TranscriptWriter extends AsyncDisposable {
  /**
   * Adds one event; its line is in the file once this resolves. Returns the event without secrets:
   * what leaves the session from here on is this one.
   */
  write(event: SessionEvent): Promise<SessionEvent>;
}

export interface TranscriptDeps {
  /** Time of day, milliseconds since the epoch. */
  readonly clock: { now(): number };
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
}

/** Characters kept of each text of an event; the middle of a longer one is left out. */
const TEXT_CHARS = 16_000;

const NEWLINE = 0x0a;

/**
 * Opens the transcript of a session, new or begun before: one JSON object a line, added only.
 * A line that a crash cut short is closed first, so it spoils no other. Throws `PROJECT_GONE` when the project's
 * folder, two above the file's, is not there.
 */
export async function openTranscript(
  deps: TranscriptDeps,
  path: string,
): Promise<TranscriptWriter> {
  const file = await openInOwnFolder(path);
  await closeTornLine(file);
  return {
    async write(event) {
      const clean = withoutSecrets(deps.redact, event);
      await file.appendFile(lineOf(deps.clock.now(), clean));
      return clean;
    },
    async [Symbol.asyncDispose]() {
      await file.close();
    },
  };
}

/**
 * What git ignores is soon cleaned away by a person, folders of ours too: they are made again. A
 * project that was moved is not: where it was, nothing is begun anew.
 */
async function openInOwnFolder(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'a+', 0o600);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  const folder = dirname(path);
  await madeIn(dirname(folder));
  await madeIn(folder);
  return open(path, 'a+', 0o600);
}

async function madeIn(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT'))
      throw new HarnessError(
        'PROJECT_GONE',
        `The folder ${dirname(folder)} is not there any more: put it back where it was, then \`harness resume\``,
      );
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

async function closeTornLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  if (last[0] !== NEWLINE) await file.appendFile('\n');
}

function lineOf(now: number, event: SessionEvent): string {
  return `${plainJson({ at: new Date(now).toISOString(), event: deeplyClipped(event) })}\n`;
}

function deeplyClipped(event: SessionEvent): unknown {
  return JSON.parse(JSON.stringify(event), (_key, value: unknown) =>
    typeof value === 'string' ? clipped(value) : value,
  );
}

function clipped(text: string): string {
  if (text.length <= TEXT_CHARS) return text;
  const half = TEXT_CHARS / 2;
  const left = text.length - TEXT_CHARS;
  return `${text.slice(0, half)}\n[${left} characters left out]\n${text.slice(-half)}`;
}
