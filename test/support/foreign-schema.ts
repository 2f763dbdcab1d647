type Fields = Readonly<Record<string, unknown>>;

/** Names a value for a property before its schema does; undefined: the schema decides. */
export type Suggest = (name: string) => unknown;

const WORDS = ['A short answer from a foreign model.', 'foreign', 'FOREIGN-1', 'foreign.mjs', '0'];

/** The smallest value that a JSON Schema allows: required properties only, empty lists. */
export function fill(schema: unknown, suggest: Suggest): unknown {
  return fillIn(schema, { root: fieldsOf(schema), suggest });
}

interface Filling {
  readonly root: Fields;
  readonly suggest: Suggest;
}

function fillIn(raw: unknown, filling: Filling): unknown {
  const schema = resolve(raw, filling.root);
  if ('const' in schema) return schema['const'];
  if ('default' in schema) return schema['default'];
  const choices = [schema['anyOf'], schema['oneOf'], schema['allOf']].find(Array.isArray);
  if (Array.isArray(schema['enum'])) return prefer(schema['enum']);
  if (choices !== undefined) return fillIn(choices[0], filling);
  return ofType(schema, filling);
}

/** Where it may say how it ended, it says that it finished. */
function prefer(values: readonly unknown[]): unknown {
  return values.find((value) => value === 'complete') ?? values[0];
}

function ofType(schema: Fields, filling: Filling): unknown {
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  switch (type) {
    case 'object':
      return object(schema, filling);
    case 'array':
      return Array.from({ length: numberOf(schema['minItems'], 0) }, () =>
        fillIn(schema['items'], filling),
      );
    case 'integer':
    case 'number':
      return numberOf(schema['minimum'], 0);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return word(schema);
  }
}

function object(schema: Fields, filling: Filling): Record<string, unknown> {
  const properties = fieldsOf(schema['properties']);
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  return Object.fromEntries(
    required.map((name) => [name, filling.suggest(name) ?? fillIn(properties[name], filling)]),
  );
}

function word(schema: Fields): string {
  const pattern = typeof schema['pattern'] === 'string' ? new RegExp(schema['pattern'], 'u') : /^/u;
  const longest = numberOf(schema['maxLength'], Number.POSITIVE_INFINITY);
  const shortest = numberOf(schema['minLength'], 0);
  const found = WORDS.find((text) => pattern.test(text) && text.length <= longest);
  return (found ?? '').padEnd(shortest, '.');
}

/** What the schema at this property says, `$ref` followed. */
export function property(raw: unknown, name: string, root: unknown): Fields {
  return resolve(fieldsOf(resolve(raw, fieldsOf(root))['properties'])[name], fieldsOf(root));
}

function resolve(raw: unknown, root: Fields): Fields {
  const schema = fieldsOf(raw);
  if (typeof schema['$ref'] !== 'string') return schema;
  const path = schema['$ref'].split('/').slice(1);
  return path.reduce((value, name) => fieldsOf(value[name]), root);
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
