/** C1 controls, line separators, bidirectional overrides, zero-width and tag characters. */
const OBEYED =
  /[\p{Cc}\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu;

/**
 * JSON that means the same and does nothing to a terminal that shows it: JSON itself escapes only
 * what lies below the space. Indented by `indent` spaces; 0: one line.
 */
export function plainJson(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replaceAll(OBEYED, (char) =>
    char === '\n' ? char : escapes(char),
  );
}

function escapes(char: string): string {
  return Array.from({ length: char.length }, (_, at) => {
    const unit = char.charCodeAt(at).toString(16).padStart(4, '0');
    return `\\u${unit}`;
  }).join('');
}
