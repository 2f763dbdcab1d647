import { messageOf } from '../domain/errors.ts';

/** Something done again and again, one round at a time. */
export interface Loop {
  /** Asks for a round soon; several wishes are one round. */
  wake(): void;
  /** No further round; resolves when the one under way is over. */
  stop(): Promise<void>;
}

/** How often, in milliseconds, and who hears of a round that failed; the next one comes all the same. */
export interface LoopOrder {
  readonly everyMs: number;
  readonly onError: (message: string) => void | Promise<void>;
}

/** Repeats the body, never two rounds at once; an error ends its round only. */
export function startLoop(body: () => Promise<void>, order: LoopOrder): Loop {
  const state = { stopped: false, wished: false };
  let under: Promise<void> | undefined;
  const round = async (): Promise<void> => {
    while (state.wished && !state.stopped) {
      state.wished = false;
      try {
        await body();
      } catch (error) {
        if (!state.stopped) await order.onError(messageOf(error));
      }
    }
  };
  const wake = (): void => {
    state.wished = true;
    if (state.stopped || under !== undefined) return;
    under = round().finally(() => {
      under = undefined;
      // Said after the round had looked for the last time and before it was over.
      if (state.wished) wake();
    });
  };
  const timer = setInterval(wake, order.everyMs);
  wake();
  return {
    wake,
    async stop() {
      state.stopped = true;
      clearInterval(timer);
      await under;
    },
  };
}
