import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { SessionEvent } from '../../src/sessions/agent.ts';
import { openTranscript } from '../../src/sessions/transcript.ts';

const clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5) };
const redact = (text: string): string => text.replaceAll('hunter2', '[secret]');

async function inFolder(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'transcript-'));
  try {
    await work(join(folder, 'session.jsonl'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function record(path: string, ...events: SessionEvent[]): Promise<SessionEvent[]> {
  await using transcript = await openTranscript({ clock, redact }, path);
  const kept: SessionEvent[] = [];
  for (const event of events) kept.push(await transcript.write(event));
  return kept;
}

test('each event is one line with its time', async () => {
  await inFolder(async (path) => {
    await record(path, { type: 'text', text: 'two\nlines' }, { type: 'alive' });
    expect(await readFile(path, 'utf8')).toMatchInlineSnapshot(`
      "{"at":"2026-01-02T03:04:05.000Z","event":{"type":"text","text":"two\\nlines"}}
      {"at":"2026-01-02T03:04:05.000Z","event":{"type":"alive"}}
      "
    `);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});

test('our folders are made again where somebody cleaned them away, the project of another place is not', async () => {
  await inFolder(async (path) => {
    const project = join(dirname(path), 'shop');
    const inside = join(project, '.harness/transcripts/session.jsonl');
    await expect(record(inside, { type: 'alive' })).rejects.toMatchObject({ code: 'PROJECT_GONE' });
    expect(await readdir(dirname(path))).toEqual([]);
    await mkdir(project);
    await record(inside, { type: 'alive' });
    expect(await readFile(inside, 'utf8')).toContain('alive');
  });
});

test('I7 no secret reaches the file or whoever reads the event', async () => {
  await inFolder(async (path) => {
    const kept = await record(
      path,
      { type: 'text', text: 'it is hunter2' },
      { type: 'tool_started', id: '1', name: 'Bash', input: '{"command":"echo hunter2"}' },
      { type: 'tool_ended', id: '1', failed: false, output: 'hunter2' },
      { type: 'retry', attempt: 1, status: null, error: 'hunter2' },
      { type: 'ended', end: { status: 'failed', reason: 'hunter2' } },
      {
        type: 'ended',
        end: { status: 'completed', text: 'hunter2', output: [{ hunter2: ['hunter2', 3, null] }] },
      },
    );
    expect(await readFile(path, 'utf8')).not.toContain('hunter2');
    expect(JSON.stringify(kept)).not.toContain('hunter2');
    expect(kept.at(-1)).toEqual({
      type: 'ended',
      end: {
        status: 'completed',
        text: '[secret]',
        output: [{ '[secret]': ['[secret]', 3, null] }],
      },
    });
  });
});

test('I7 a secret where a long text is cut is gone all the same', async () => {
  await inFolder(async (path) => {
    const text = `${'a'.repeat(7997)}hunter2${'b'.repeat(50_000)}`;
    const [kept] = await record(path, { type: 'text', text });
    const line = await readFile(path, 'utf8');
    expect(line).not.toContain('hun');
    expect(line.length).toBeLessThan(20_000);
    expect(kept).toEqual({ type: 'text', text: redact(text) });
  });
});

test('no character that steers a terminal is in the file as such', async () => {
  await inFolder(async (path) => {
    const text = '\u001b[31m \u009b31m \u007f \u202e \u2028 \0';
    await record(path, { type: 'text', text });
    const line = await readFile(path, 'utf8');
    expect(line.trimEnd()).toMatch(/^[ -~]*$/u);
    expect(JSON.parse(line)).toMatchObject({ event: { text } });
  });
});

test('I6 a line that a crash cut short spoils no other', async () => {
  await inFolder(async (path) => {
    await record(path, { type: 'text', text: 'before' });
    await appendFile(path, '{"at":"2026-01-02T03');
    await record(path, { type: 'text', text: 'after' });
    const lines = (await readFile(path, 'utf8')).split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toContain('before');
    expect(lines[2]).toContain('after');
  });
});
