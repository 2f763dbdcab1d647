/** Longer lines hold no usage; they are passed on but not kept here. */
const MAX_LINE_CHARS = 4 * 1024 * 1024;

/** Reads the data of server-sent events out of chunks cut anywhere. */
export interface SseReader {
  /** The data of every event that this chunk completes, in order. */
  push(chunk: Uint8Array): readonly string[];
}

/** Knows LF, CR and CRLF, comments, and data over several lines. */
export function createSseReader(): SseReader {
  const decoder = new TextDecoder();
  let line = '';
  let data: string[] = [];
  let cutAfterCr = false;

  /** The first goes on with the line before, the last is open; CRLF cut in two stays one end. */
  function linesOf(chunk: Uint8Array): string[] {
    const text = decoder.decode(chunk, { stream: true });
    if (text === '') return [];
    const lines = (cutAfterCr && text.startsWith('\n') ? text.slice(1) : text).split(/\r\n|\n|\r/u);
    cutAfterCr = text.endsWith('\r');
    return lines;
  }

  function endLine(): string | undefined {
    if (line === '') {
      const event = data.length === 0 ? undefined : data.join('\n');
      data = [];
      return event;
    }
    if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
    line = '';
    return undefined;
  }

  return {
    push(chunk) {
      const [first = '', ...rest] = linesOf(chunk);
      const events: string[] = [];
      line = (line + first).slice(0, MAX_LINE_CHARS);
      for (const next of rest) {
        const event = endLine();
        if (event !== undefined) events.push(event);
        line = next.slice(0, MAX_LINE_CHARS);
      }
      return events;
    },
  };
}
