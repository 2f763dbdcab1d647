import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../domain/errors.ts';

/** What was typed at the prompts of this data folder, for the next ones. */
export interface HistoryFile {
  /** Oldest first, at most the last 500. */
  read(): Promise<readonly string[]>;
  add(text: string): Promise<void>;
}

/** One JSON string a line: texts of several lines stay whole. */
export function historyIn(home: string): HistoryFile {
  const file = join(home, 'typed.jsonl');
  return {
    async read() {
      try {
        const lines = (await readFile(file, 'utf8')).split('\n').slice(-501);
        return lines.flatMap((line) => parsed(line));
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return [];
        throw error;
      }
    },
    async add(text) {
      await mkdir(home, { recursive: true });
      await appendFile(file, `${JSON.stringify(text)}\n`, { mode: 0o600 });
    },
  };
}

/** A line that was cut off in the middle is none. */
function parsed(line: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'string' ? [value] : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
