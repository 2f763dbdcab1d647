/** Calls back later; passed in so that a test need not wait. */
export type After = (run: () => void, ms: number) => unknown;

/**
 * Runs the body at once, then at most every `ms` milliseconds; what was asked for meanwhile runs once,
 * at the end of the wait, so that the last ask is never lost.
 */
export function throttled(body: () => void, ms: number, after: After): () => void {
  let resting = false;
  let asked = false;
  const rest = (): void => {
    resting = true;
    after(() => {
      resting = false;
      if (!asked) return;
      asked = false;
      body();
      rest();
    }, ms);
  };
  return () => {
    if (resting) {
      asked = true;
      return;
    }
    body();
    rest();
  };
}
