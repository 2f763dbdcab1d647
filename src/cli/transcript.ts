import { open } from 'node:fs/promises';
import { z } from 'zod';
import { hasCode } from '../domain/errors.ts';

const line = z.object({
  at: z.string(),
  event: z.discriminatedUnion('type', [
    z.object({ type: z.literal('started'), model: z.string(), resumed: z.boolean() }),
    z.object({ type: z.literal('text'), text: z.string() }),
    z.object({
      type: z.literal('tool_started'),
      id: z.string().default(''),
      name: z.string(),
      input: z.string(),
    }),
    z.object({
      type: z.literal('tool_ended'),
      id: z.string().default(''),
      failed: z.boolean(),
      output: z.string(),
    }),
    z.object({ type: z.literal('retry'), attempt: z.number(), error: z.string() }),
    z.object({ type: z.literal('alive') }),
    z.object({
      type: z.literal('ended'),
      end: z.object({
        status: z.string(),
        reason: z.string().optional(),
        text: z.string().optional(),
      }),
    }),
  ]),
});

/** One line of a transcript, as far as people read it. */
export type TranscriptLine = z.output<typeof line>;

/** Reads a transcript piece by piece: each call gives the whole lines added since the last one. */
export interface TranscriptReader {
  read(): Promise<readonly unknown[]>;
}

/** A file that does not exist yet has no lines yet; a line that is no JSON is left out. */
export function readerOf(path: string): TranscriptReader {
  let offset = 0;
  return {
    async read() {
      const bytes = await bytesFrom(path, offset);
      const end = bytes.lastIndexOf(0x0a) + 1;
      offset += end;
      const lines = bytes.subarray(0, end).toString('utf8').split('\n');
      return lines.flatMap((text) => parsed(text));
    },
  };
}

async function bytesFrom(path: string, offset: number): Promise<Buffer> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.max(0, size - offset));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
    return bytes.subarray(0, bytesRead);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return Buffer.alloc(0);
    throw error;
  }
}

function parsed(text: string): unknown[] {
  if (text === '') return [];
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}

/** Undefined for what nobody could read. */
export function transcriptLine(raw: unknown): TranscriptLine | undefined {
  return line.safeParse(raw).data;
}

/** Lines of a tool's input or output that are shown; `--verbose` shows all. */
const SHOWN = 6;

/** An event of a session for a person; empty for mere signs of life. */
export function renderLine({ event }: TranscriptLine, verbose: boolean): readonly string[] {
  switch (event.type) {
    case 'started':
      return [`[${event.resumed ? 'goes on' : 'started'} with ${event.model}]`];
    case 'text':
      return event.text.trim().split('\n');
    case 'tool_started':
      return block(`[Tool: ${event.name}] `, event.input, verbose);
    case 'tool_ended':
      return block(event.failed ? '[Error] ' : '[Done] ', event.output, verbose);
    case 'retry':
      return [`[model call tried again (${event.attempt}): ${event.error}]`];
    case 'alive':
      return [];
    case 'ended':
      return [endLine(event.end)];
  }
}

function endLine({ status, reason }: { status: string; reason?: string | undefined }): string {
  return `[ended: ${status}${reason === undefined ? '' : `: ${reason}`}]`;
}

function block(head: string, text: string, verbose: boolean): readonly string[] {
  const lines = text.trim().split('\n');
  const shown = verbose ? lines : lines.slice(0, SHOWN);
  const left = lines.length - shown.length;
  const [first = '', ...rest] = shown.map((one) => (verbose ? one : one.slice(0, 200)));
  return [`${head}${first}`, ...rest, ...(left > 0 ? [`... ${left} more lines`] : [])];
}
