/** A stretch of a sentence: words, or a command between backticks. */
export interface SaidPart {
  /** Where it begins. */
  readonly at: number;
  readonly text: string;
  readonly code: boolean;
}

/** Takes a sentence of the harness apart at its backticks. */
export function partsOf(text: string): readonly SaidPart[] {
  const parts: SaidPart[] = [];
  let at = 0;
  let code = false;
  for (const part of text.split('`')) {
    if (part !== '') parts.push({ at, text: part, code });
    at += part.length + 1;
    code = !code;
  }
  return parts;
}
