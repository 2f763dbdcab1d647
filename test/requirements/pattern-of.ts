/** What a title as written becomes when it runs: what is written `%s` or `${}` is anything by then. */
export function patternOf(title: string): RegExp {
  const parts = title.split(/%[sdifjo#]|\$\{\}|\$[a-z]\w*(?:\.\w+)*/u);
  return new RegExp(`^${parts.map(escaped).join('.*')}$`, 'su');
}

/** `RegExp.escape` writes spaces and letters as numbers, which nobody can read. */
function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
}
