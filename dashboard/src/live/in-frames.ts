/** Asks for a call at the next frame; `requestAnimationFrame` in a browser. */
export type NextFrame = (flush: () => void) => void;

/** Gathers what comes in bursts and hands it over once a frame, in order. */
export function inFrames<T>(
  deliver: (batch: readonly T[]) => void,
  nextFrame: NextFrame,
): (one: T) => void {
  let batch: T[] = [];
  return (one) => {
    batch.push(one);
    if (batch.length > 1) return;
    nextFrame(() => {
      const whole = batch;
      batch = [];
      deliver(whole);
    });
  };
}
