import { join } from 'node:path';
import type { Doing } from '../../domain/live-run.ts';
import type { Project } from '../../domain/run.ts';
import type { App } from '../../app.ts';
import {
  readerOf,
  renderLine,
  transcriptLine,
  type TranscriptLine,
  type TranscriptReader,
} from '../transcript.ts';
import { safeLine, safeLines } from './cells.ts';
import type { ScreenStore } from './store.ts';

/** Money and tokens are looked up no more often than this. */
const SPENT_MS = 1000;

/** Looks up what events do not tell: what agents say and do, and what the run has taken. */
export function createSampler(
  { store }: Pick<App, 'store'>,
  project: Project,
  screen: ScreenStore,
): () => Promise<void> {
  const readers = new Map<string, TranscriptReader>();
  let looked = Number.NEGATIVE_INFINITY;
  const readerFor = (session: string): TranscriptReader => {
    const path = join(project.directory, '.harness', 'transcripts', `${session}.jsonl`);
    const reader = readers.get(session) ?? readerOf(path);
    readers.set(session, reader);
    return reader;
  };
  return async () => {
    const { live } = screen.screen();
    for (const { session } of live.agents) tell(screen, session, await readerFor(session).read());
    if (live.runId === null || performance.now() - looked < SPENT_MS) return;
    looked = performance.now();
    const [total, parts] = await Promise.all([
      store.usage.total(live.runId),
      store.usage.by(live.runId, 'session'),
    ]);
    const bySession = new Map(parts.map(({ name, usage }) => [name, usage]));
    screen.dispatch({ type: 'spent', total, bySession });
  };
}

function tell(screen: ScreenStore, session: string, raw: readonly unknown[]): void {
  const read = raw.flatMap((one) => transcriptLine(one) ?? []);
  const lines = read.flatMap((line) => outputLines(line));
  if (lines.length > 0) screen.dispatch({ type: 'output', session, lines });
  const doing = read.flatMap((line) => doingOf(line) ?? []).at(-1);
  if (doing !== undefined) screen.dispatch({ type: 'did', session, doing });
}

function outputLines(line: TranscriptLine): readonly string[] {
  if (line.event.type === 'alive') return [];
  const [first = '', ...rest] = renderLine(line, false).flatMap((text) =>
    safeLines(withoutClones(text)),
  );
  const clock = line.at.slice(11, 19);
  return [`${clock}  ${first}`, ...rest.map((text) => `${' '.repeat(10)}${text}`)];
}

/** What stands beside an agent's name; undefined for what tells nothing new of its work. */
function doingOf({ at, event }: TranscriptLine): Doing | undefined {
  const doing = (kind: Doing['kind'], text: string): Doing => ({
    at,
    kind,
    text: safeLine(withoutClones(text)).slice(0, LONGEST),
  });
  switch (event.type) {
    case 'text':
      return doing('said', event.text);
    case 'tool_started':
      return doing('tool', `${toolName(event.name)} ${subjectOf(event.input)}`);
    case 'tool_ended':
      return event.failed ? doing('trouble', `failed: ${event.output}`) : undefined;
    case 'retry':
      return doing('trouble', `model call tried again: ${event.error}`);
    case 'started':
    case 'alive':
    case 'ended':
      return undefined;
  }
}

/** A tool of a server without the server: `mcp__tracker__report` is `report`. */
function toolName(name: string): string {
  return /^mcp__.+?__(.+)$/u.exec(name)?.[1] ?? name;
}

/** No line of a terminal is longer. */
const LONGEST = 300;

/** What a tool is called for, of all that it is called with: the command, the file, the pattern. */
const SUBJECTS = ['command', 'file_path', 'path', 'pattern', 'url', 'query', 'summary', 'text'];

function subjectOf(input: string): string {
  const found = SUBJECTS.map(
    (name) => new RegExp(`"${name}":"((?:[^"\\\\]|\\\\.)*)`, 'u').exec(input)?.[1],
  );
  const subject = found.find((one) => one !== undefined);
  return subject === undefined
    ? input
    : subject.replaceAll(String.raw`\n`, ' ').replaceAll(String.raw`\"`, '"');
}

/** Paths are long and tell nothing up to the agent's own clone. */
function withoutClones(text: string): string {
  return text.replaceAll(/(?:\/[\w.@-]+)+\/clones\/[\da-f-]{36}\//gu, '');
}
