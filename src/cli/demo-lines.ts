import { join } from 'node:path';
import type { Attempt } from '../domain/attempt.ts';
import type { Project, Run } from '../domain/run.ts';
import type { App } from '../app.ts';
import { countMadeIssues } from './made-issues.ts';
import type { Output } from './output.ts';
import {
  readerOf,
  transcriptLine,
  type TranscriptLine,
  type TranscriptReader,
} from './transcript.ts';

export interface DemoLinesOrder {
  readonly app: Pick<App, 'store'>;
  readonly output: Output;
  readonly project: Project;
  readonly run: Run;
}

/** Characters of a tool's input that are shown. */
const SHOWN = 200;

/** What a policy or a judge answers in place of a tool. */
const REFUSED = /\b(denied|refused|not allowed|blocked)\b/iu;

/**
 * Shows what the agents of a demo run do, as it happens: their tools, how those ended, and how far
 * the issues are. What was said before the first look is left out.
 */
export async function demoLines(order: DemoLinesOrder): Promise<() => Promise<void>> {
  const lines = new Lines(order);
  await lines.skip();
  return () => lines.look();
}

class Lines {
  readonly #order: DemoLinesOrder;
  readonly #transcripts = new Map<string, TranscriptReader>();
  readonly #made = countMadeIssues();
  #done = 0;

  constructor(order: DemoLinesOrder) {
    this.#order = order;
  }

  async skip(): Promise<void> {
    for (const attempt of await this.#attempts())
      for (const { event } of await this.#linesOf(attempt)) this.#count(event, attempt);
    this.#done = (await this.#standing()).done;
  }

  async look(): Promise<void> {
    for (const attempt of await this.#attempts())
      for (const line of await this.#linesOf(attempt)) this.#show(line, attempt);
    const { done, all } = await this.#standing();
    if (done > this.#done) this.#order.output.data(`[${done}/${all} issues done]`);
    this.#done = done;
  }

  async #attempts(): Promise<readonly Attempt[]> {
    const { app, run } = this.#order;
    return app.store.attempts.list(run.id);
  }

  async #standing(): Promise<{ readonly done: number; readonly all: number }> {
    const { app, run } = this.#order;
    const items = await app.store.items.standing(run.id);
    return { done: items.filter(({ status }) => status === 'done').length, all: items.length };
  }

  async #linesOf(attempt: Attempt): Promise<readonly TranscriptLine[]> {
    const lines = await this.#readerOf(attempt).read();
    return lines.flatMap((raw) => transcriptLine(raw) ?? []);
  }

  #readerOf({ sessionId }: Attempt): TranscriptReader {
    const { directory } = this.#order.project;
    const path = join(directory, '.harness', 'transcripts', `${sessionId}.jsonl`);
    const reader = this.#transcripts.get(sessionId) ?? readerOf(path);
    this.#transcripts.set(sessionId, reader);
    return reader;
  }

  #show({ event }: TranscriptLine, attempt: Attempt): void {
    const { output, run } = this.#order;
    if (event.type === 'tool_started') output.data(`[Tool: ${event.name}] ${oneLine(event.input)}`);
    if (event.type === 'tool_ended') output.data(`   ${endOf(event)}`);
    const made = this.#count(event, attempt);
    if (made === undefined) return;
    const all = run.settings.demo?.issues ?? 0;
    if (made <= all) output.data(`[${made}/${all} issues]`);
  }

  #count(event: TranscriptLine['event'], { role }: Attempt): number | undefined {
    return role === 'initializer' ? this.#made.take(event) : undefined;
  }
}

function endOf({ failed, output }: { readonly failed: boolean; readonly output: string }): string {
  if (!failed) return '[Done]';
  return `${REFUSED.test(output) ? '[BLOCKED]' : '[Error]'} ${oneLine(output)}`;
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}...` : line;
}
