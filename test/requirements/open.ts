/** Promises that nothing proves yet, each with the reason. One that has a proof may not be here. */
export const OPEN: Readonly<Record<string, string>> = {};
