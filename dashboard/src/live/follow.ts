import { takeRecords, type SseRecord } from './sse.ts';

/** Whether the page hears of what happens. */
export type Link =
  | { readonly state: 'connecting' | 'live' }
  /** Tried again by itself at `retryAt`, milliseconds since 1970. */
  | { readonly state: 'away'; readonly retryAt: number; readonly reason: string }
  /** The token is missing or was refused: only a person can mend that. */
  | { readonly state: 'refused' };

export interface FollowOrder {
  /** Opens the stream after the record of this id; `null`: from what happens next. */
  readonly open: (after: string | null, signal: AbortSignal) => Promise<Response>;
  readonly onRecord: (record: SseRecord) => void;
  readonly onLink: (link: Link) => void;
  readonly signal: AbortSignal;
  /** The last record that is known already. */
  readonly after: string | null;
  /** Silence after which a connection counts as lost, milliseconds; the server beats every 15 s. */
  readonly silenceMs: number;
  readonly delayMs: (failures: number) => number;
}

/** 0.5 s, then twice as long each time, at most 15 s. */
export function backOff(failures: number): number {
  return Math.min(15_000, 500 * 2 ** Math.max(0, failures - 1));
}

/**
 * Follows a stream until the signal ends it or the token is refused. A lost connection is opened
 * again after the last record that came whole, so that none is missed; one that comes twice is
 * dropped by its number.
 */
export async function follow(order: FollowOrder): Promise<void> {
  const { signal, onLink } = order;
  const seen = { last: order.after };
  let failures = 0;
  onLink({ state: 'connecting' });
  while (!signal.aborted) {
    const end = await listenOnce(order, seen);
    if (signal.aborted) return;
    if (end === 'refused') return onLink({ state: 'refused' });
    failures = end.heard ? 1 : failures + 1;
    const wait = order.delayMs(failures);
    onLink({ state: 'away', retryAt: Date.now() + wait, reason: end.reason });
    await pause(wait, signal);
  }
}

type End = 'refused' | { readonly heard: boolean; readonly reason: string };

async function listenOnce(order: FollowOrder, seen: { last: string | null }): Promise<End> {
  const quiet = new AbortController();
  const watch = watchSilence(order.silenceMs, quiet);
  try {
    const response = await order.open(seen.last, AbortSignal.any([order.signal, quiet.signal]));
    if (response.status === 401 || response.status === 403) return 'refused';
    if (!response.ok || response.body === null)
      return { heard: false, reason: `the server answered ${response.status}` };
    order.onLink({ state: 'live' });
    watch.heard();
    await readAll(response.body, order, { seen, heard: watch.heard });
    return { heard: true, reason: 'the server closed the connection' };
  } catch (error) {
    const silent = quiet.signal.aborted ? 'the server fell silent' : undefined;
    return { heard: false, reason: silent ?? (error instanceof Error ? error.message : 'lost') };
  } finally {
    watch.stop();
  }
}

async function readAll(
  body: ReadableStream<Uint8Array>,
  { onRecord }: FollowOrder,
  { seen, heard }: { readonly seen: { last: string | null }; readonly heard: () => void },
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heard();
    const taken = takeRecords(rest + decoder.decode(value, { stream: true }));
    ({ rest } = taken);
    for (const record of taken.records) {
      if (isOld(record.id, seen.last)) continue;
      if (record.id !== null) seen.last = record.id;
      onRecord(record);
    }
  }
}

/** Events are numbered in order; what has no number is never old. */
function isOld(id: string | null, last: string | null): boolean {
  if (id === null || last === null) return false;
  return Number(id) <= Number(last);
}

function watchSilence(
  ms: number,
  quiet: AbortController,
): { readonly heard: () => void; readonly stop: () => void } {
  let timer = setTimeout(() => quiet.abort(), ms);
  return {
    heard() {
      clearTimeout(timer);
      timer = setTimeout(() => quiet.abort(), ms);
    },
    stop: () => clearTimeout(timer),
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        done();
      },
      { once: true },
    );
  });
}
