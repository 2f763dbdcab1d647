import { join } from 'node:path';
import type { Attempt } from '../domain/attempt.ts';
import { HarnessError } from '../domain/errors.ts';
import type { Reader } from '../app.ts';
import { createAlarm } from './alarm.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withApp, withReader, type Context } from './context.ts';
import { findProject, type Found } from './find-project.ts';
import { isOver } from './follow.ts';
import { readerOf, renderLine, transcriptLine, type TranscriptReader } from './transcript.ts';

/** Flags of `logs`, as commander gives them. */
export interface LogsOptions extends CommonOptions {
  readonly follow?: boolean;
  readonly session?: string;
  readonly item?: string;
}

/** Prints what the agents of the latest run said and did, in the order of time. */
export async function logsAction(options: LogsOptions): Promise<void> {
  const context = openContext(options);
  const open = options.follow === true ? withApp : withReader;
  await open(context, async (reader) => {
    const logs = new Logs(reader, context, await findProject(reader, context));
    await logs.refuseUnknown(options);
    await (options.follow === true ? logs.follow(options) : logs.show(options));
  });
}

const LOOK_MS = 500;

interface Said {
  readonly at: string;
  readonly attempt: Attempt;
  readonly raw: unknown;
}

class Logs {
  readonly #reader: Reader;
  readonly #context: Context;
  readonly #found: Found;
  readonly #transcripts = new Map<string, TranscriptReader>();

  constructor(reader: Reader, context: Context, found: Found) {
    this.#reader = reader;
    this.#context = context;
    this.#found = found;
  }

  async refuseUnknown(options: LogsOptions): Promise<void> {
    if (options.session === undefined && options.item === undefined) return;
    if ((await this.#attempts(options)).length > 0) return;
    const what = options.session === undefined ? `item ${options.item}` : `id ${options.session}`;
    const hint =
      options.follow === true ? 'it has not begun' : 'see `harness items`, `harness events`';
    if (options.follow !== true || options.session !== undefined)
      throw new HarnessError('SESSION_UNKNOWN', `No session of this run has the ${what}; ${hint}`, {
        exit: 2,
      });
  }

  async follow(options: LogsOptions): Promise<void> {
    const alarm = createAlarm(LOOK_MS);
    try {
      for (;;) {
        // Read before the transcripts: what was said before the end is then shown.
        const run = await this.#reader.store.runs.get(this.#found.run.id);
        await this.show(options);
        if (run === undefined || isOver(run) || !(await this.#reader.hosted(run))) return;
        await alarm.wait();
      }
    } finally {
      alarm.stop();
    }
  }

  async show(options: LogsOptions): Promise<void> {
    const said: Said[] = [];
    for (const attempt of await this.#attempts(options))
      for (const raw of await this.#transcriptOf(attempt).read())
        said.push({ at: transcriptLine(raw)?.at ?? '', attempt, raw });
    for (const one of said.toSorted((a, b) => a.at.localeCompare(b.at))) this.#print(one);
  }

  async #attempts({ session, item }: LogsOptions): Promise<readonly Attempt[]> {
    const filter = item === undefined ? {} : { itemKey: item };
    const attempts = await this.#reader.store.attempts.list(this.#found.run.id, filter);
    return attempts.filter((one) => session === undefined || one.sessionId.startsWith(session));
  }

  #transcriptOf({ sessionId }: Attempt): TranscriptReader {
    const { directory } = this.#found.project;
    const path = join(directory, '.harness', 'transcripts', `${sessionId}.jsonl`);
    const reader = this.#transcripts.get(sessionId) ?? readerOf(path);
    this.#transcripts.set(sessionId, reader);
    return reader;
  }

  #print({ attempt, raw }: Said): void {
    const { output } = this.#context;
    const { sessionId, role, itemKey, phase } = attempt;
    output.object({ session: sessionId, phase, role, item: itemKey, line: raw });
    const line = transcriptLine(raw);
    if (line === undefined || output.json) return;
    const head = `${line.at.slice(11, 19)}  ${itemKey ?? role}  `;
    renderLine(line, output.verbose).forEach((text, at) => {
      output.data(`${at === 0 ? head : ' '.repeat(head.length)}${text}`);
    });
  }
}
