import { z } from 'zod';
import { fileSchema } from './schema.ts';
import type { Path } from './yaml-source.ts';

/** The part of JSON Schema that the file's schema uses. */
const schemaNode = z.looseObject({
  type: z.string().optional(),
  get properties() {
    return z.record(z.string(), schemaNode).optional();
  },
  get items() {
    return schemaNode.optional();
  },
  get anyOf() {
    return z.array(schemaNode).optional();
  },
});

type SchemaNode = z.output<typeof schemaNode>;

/** JSON Schema (draft 2020-12) of `orchestrator.yaml`, for editors. */
export function configSchema(): Readonly<Record<string, unknown>> {
  return {
    ...z.toJSONSchema(fileSchema, { io: 'input', target: 'draft-2020-12' }),
    title: 'orchestrator.yaml',
  };
}

let made: SchemaNode | undefined;

/** Made once, since it is asked for every key of a file; and only then, since it takes its time. */
function root(): SchemaNode {
  made ??= schemaNode.parse(configSchema());
  return made;
}

/** The keys allowed in the section at this path; empty when it is no section. */
export function knownKeys(path: Path): readonly string[] {
  return Object.keys(at(path)?.properties ?? {});
}

/** Whether a map stands here, so that nothing at all means "all defaults". */
export function isSection(path: Path): boolean {
  return at(path)?.type === 'object';
}

function at(path: Path): SchemaNode | undefined {
  let node: SchemaNode | undefined = root();
  for (const key of path)
    node = mapOf(typeof key === 'number' ? node?.items : node?.properties?.[String(key)]);
  return node;
}

/** Where a short form may stand for a map, the map: it is what has keys. */
function mapOf(node: SchemaNode | undefined): SchemaNode | undefined {
  return node?.anyOf?.find(({ properties }) => properties !== undefined) ?? node;
}
