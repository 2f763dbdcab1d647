/** Value of a variable; undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

export type Substitution =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly replaced: boolean;
      /** Names of the variables in it, whether set or not. */
      readonly names: readonly string[];
    }
  | { readonly kind: 'failed'; readonly at: number; readonly what: string };

const reference = /\$(?:\$|\{([^}]*)\}|\{)/g;
const inside = /^([A-Za-z_]\w*)(?:(:-|:\?)(.*))?$/s;

/**
 * Fills in `${V}`, `${V:-default}` (unset or empty) and `${V:?message}`; `$$` is one `$`. Works on
 * parsed values, so that a variable can never become structure. Other `$` stay as they are.
 */
export function substitute(text: string, lookup: Lookup): Substitution {
  let result = '';
  let from = 0;
  const names: string[] = [];
  for (const match of text.matchAll(reference)) {
    const value = match[0] === '$$' ? { text: '$' } : resolve(match[1], lookup);
    if ('what' in value) return { kind: 'failed', at: match.index, what: value.what };
    result += text.slice(from, match.index) + value.text;
    from = match.index + match[0].length;
    const name = inside.exec(match[1] ?? '')?.[1];
    if (name !== undefined) names.push(name);
  }
  return { kind: 'text', text: result + text.slice(from), replaced: from > 0, names };
}

/** Whether the text is one reference and nothing else, so that its value may be a number. */
export function isOneReference(text: string): boolean {
  return /^\$\{[^}]*\}$/.test(text);
}

/** A plain scalar's value as YAML would have typed it: booleans and decimal numbers. */
export function typed(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/.test(text) ? Number(text) : text;
}

function resolve(
  body: string | undefined,
  lookup: Lookup,
): { readonly text: string } | { readonly what: string } {
  const [, name, operator, rest = ''] = inside.exec(body ?? '') ?? [];
  if (name === undefined)
    return { what: 'write ${NAME}, ${NAME:-default} or ${NAME:?message}, and $$ for a plain $' };
  const value = lookup(name);
  const text = operator !== undefined && value === '' ? undefined : value;
  if (text !== undefined) return { text };
  if (operator === ':-') return { text: rest };
  const advice = operator === ':?' ? rest : `set it, or give a default: \${${name}:-...}`;
  return { what: `${name} is not set: ${advice}` };
}
