import type { IncomingMessage } from 'node:http';

/** How long an answer that has begun may take without getting anywhere, in milliseconds. */
export interface Patience {
  /** Between two whole events, pings included: providers send one every few seconds. */
  readonly eventMs: number;
  /** Between two events that tell something: a long thought may send nothing but pings meanwhile. */
  readonly tellingMs: number;
}

/**
 * Ten minutes: a server of one's own may read a long prompt without a word. An hour: as long as the largest
 * answers there are (128,000 tokens) take when nothing of the thinking is shown.
 */
export const PATIENCE: Patience = Object.freeze({ eventMs: 600_000, tellingMs: 3_600_000 });

/** Watches over one answer: bytes that never become an event are no sign of life. */
export interface Progress extends Disposable {
  /** A whole event came; a `telling` one is more than a ping. */
  seen(event: { readonly telling: boolean }): void;
}

/** Breaks the answer off, with the reason, once its patience is over. */
export function watchProgress(answer: IncomingMessage, patience: Patience): Progress {
  const breakOff = (ms: number, what: string): NodeJS.Timeout =>
    setTimeout(() => answer.destroy(new Error(`${what} for ${spell(ms)}`)), ms);
  const event = breakOff(patience.eventMs, 'The model server sent no whole event');
  const telling = breakOff(patience.tellingMs, 'The model server sent nothing but pings');
  return {
    seen(what) {
      event.refresh();
      if (what.telling) telling.refresh();
    },
    [Symbol.dispose]() {
      clearTimeout(event);
      clearTimeout(telling);
    },
  };
}

function spell(ms: number): string {
  return ms < 60_000 ? `${ms} ms` : `${Math.round(ms / 60_000)} minutes`;
}
