/** One record of an event stream (`text/event-stream`). */
export interface SseRecord {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** What of the stream was not a whole record yet. */
export type SseRest = string;

/**
 * Takes the whole records out of what arrived so far. Line ends of all three kinds; comments (the
 * server's heartbeat) and records without data give nothing. Text beyond the last blank line is
 * handed back, to be put before the next piece.
 */
export function takeRecords(text: string): {
  readonly records: readonly SseRecord[];
  readonly rest: SseRest;
} {
  // A lone CR at the end may be half of a CRLF.
  const held = text.endsWith('\r') ? '\r' : '';
  const whole = text.slice(0, text.length - held.length).replaceAll(/\r\n?/gu, '\n');
  const end = whole.lastIndexOf('\n\n');
  if (end === -1) return { records: [], rest: whole + held };
  const blocks = whole.slice(0, end).split('\n\n');
  return { records: blocks.flatMap(recordOf), rest: whole.slice(end + 2) + held };
}

function recordOf(block: string): readonly SseRecord[] {
  const data: string[] = [];
  let id: string | null = null;
  let event = 'message';
  for (const line of block.split('\n')) {
    const [field, value] = fieldOf(line);
    if (field === 'data') data.push(value);
    else if (field === 'id') id = value;
    else if (field === 'event') event = value;
  }
  return data.length === 0 ? [] : [{ id, event, data: data.join('\n') }];
}

/** A comment has an empty field name. */
function fieldOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  if (colon === -1) return [line, ''];
  const value = line.slice(colon + 1);
  return [line.slice(0, colon), value.startsWith(' ') ? value.slice(1) : value];
}
