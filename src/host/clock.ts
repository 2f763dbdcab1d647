/** This process's clocks, for the parts that have theirs passed in; milliseconds. */
export const clock = {
  /** Since 1970, and may be set back. */
  now: () => Date.now(),
  /** Since the process began, and never set. */
  monotonic: () => performance.now(),
};
