import { z } from 'zod';
import { configSchema } from '../../src/config/config-schema.ts';

const plain = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** What is read of the JSON Schema; it has no other way to say what a key takes. */
const node = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(plain).optional(),
  const: plain.optional(),
  default: z.unknown().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
});
type Node = z.infer<typeof node>;

interface Key {
  readonly path: string;
  readonly takes: string;
  readonly without: string;
}

/** A Markdown table of every key of the file, with what it takes and what holds without it. */
export function configurationTable(): string {
  const rows = keysIn(node.parse(configSchema()), '').map(
    ({ path, takes, without }) => `| \`${path}\` | ${takes} | ${without} |`,
  );
  return ['| key | takes | without it |', '|---|---|---|', ...rows].join('\n');
}

function keysIn(of: Node, above: string): readonly Key[] {
  return Object.entries(of.properties ?? {}).flatMap(([name, value]) => {
    const inner = node.parse(value);
    const path = above === '' ? name : `${above}.${name}`;
    if (inner.properties !== undefined) return keysIn(inner, path);
    const item = inner.items === undefined ? undefined : node.parse(inner.items);
    const own = { path, takes: takesOf(inner), without: defaultOf(inner) };
    return item?.properties === undefined ? [own] : [own].concat(keysIn(item, `${path}[]`));
  });
}

function takesOf(of: Node): string {
  const choices = of.enum ?? (of.const === undefined ? undefined : [of.const]);
  if (choices !== undefined) return choices.map((one) => `\`${String(one)}\``).join(', ');
  if (of.anyOf !== undefined)
    return [...new Set(of.anyOf.map((one) => takesOf(node.parse(one))))].join(' or ');
  const type = [of.type ?? 'anything'].flat().join(' or ');
  return [type === 'array' ? 'list' : type, ...boundsOf(of)].join(', ');
}

/** The largest whole number that JSON keeps is no bound that anybody meant. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

function boundsOf(of: Node): readonly string[] {
  const { minimum: low, maximum: high, exclusiveMinimum: above, maxLength: longest } = of;
  const least = low === undefined || low === -UNBOUNDED ? [] : [`from ${low}`];
  const most = high === undefined || high === UNBOUNDED ? [] : [`to ${high}`];
  return [
    ...(least.length + most.length > 0 ? [[...least, ...most].join(' ')] : []),
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(of.minLength === 1 ? ['not empty'] : []),
    ...(longest === undefined ? [] : [`at most ${longest} characters`]),
  ];
}

function defaultOf(of: Node): string {
  return of.default === undefined ? '' : `\`${JSON.stringify(of.default)}\``;
}
