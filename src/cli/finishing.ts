/** Time that closing may take once the body has failed: it waits for parts that may be gone for good. */
const PATIENCE_MS = 10_000;

/**
 * Runs the body, then closes, whatever happened. When the body fails its error is the one thrown:
 * closing often fails for the same cause, says less of it, or never comes to an end.
 */
export async function finishing<T>(body: () => Promise<T>, close: () => Promise<void>): Promise<T> {
  const outcome = await body().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('value' in outcome) {
    await close();
    return outcome.value;
  }
  await Promise.race([Promise.allSettled([close()]), patience()]);
  throw outcome.error;
}

function patience(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, PATIENCE_MS).unref();
  });
}
