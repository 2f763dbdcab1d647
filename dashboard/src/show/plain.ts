/** What is not seen, and makes text read otherwise than it is: overrides of direction, nothings, tags. */
const HIDDEN = /[\u200B\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu;

/** With a visible name in the place of each character that hides or turns others. */
export function plain(text: string): string {
  return text.replaceAll(
    HIDDEN,
    (hidden) => `⟨U+${(hidden.codePointAt(0) ?? 0).toString(16).toUpperCase()}⟩`,
  );
}

/**
 * For `JSON.parse`: makes each string plain. `keep` names what stays as it is, since a person may
 * send it back.
 */
export function madePlain(keep?: string): (key: string, value: unknown) => unknown {
  return (key, value) => (typeof value === 'string' && key !== keep ? plain(value) : value);
}
