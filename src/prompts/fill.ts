import { HarnessError } from '../domain/errors.ts';

/** A template and where it was found, for error messages. */
export interface Template {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/**
 * Puts values in the places of `{{names}}`; a value is never searched for names itself. Lines that
 * held only an empty value are dropped. Throws `PROMPT_VARIABLE` (exit 2) for a name without a value.
 */
export function fill(template: Template, values: Readonly<Record<string, string>>): string {
  const filled = template.text.replaceAll(/\{\{\s*([a-z_]+)\s*\}\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw unknownVariable(template, name, Object.keys(values));
    return value;
  });
  return `${filled.replaceAll(/\n{3,}/g, '\n\n').trim()}\n`;
}

function unknownVariable(template: Template, name: string, known: readonly string[]): HarnessError {
  return new HarnessError(
    'PROMPT_VARIABLE',
    `${template.path} uses {{${name}}}, which has no value here; known are ${known.join(', ') || 'none'}`,
    { exit: 2 },
  );
}
