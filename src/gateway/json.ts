/** Undefined for a text that is not JSON; for texts of which nothing is promised. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
