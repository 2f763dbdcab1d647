import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { substitute } from '../../src/config/substitute.ts';

/** Folder of the checkout. */
export const ROOT = join(import.meta.dirname, '../..');

const Service = z.object({
  image: z.string(),
  container_name: z.string(),
  profiles: z.array(z.string()),
  depends_on: z
    .record(z.string(), z.object({ condition: z.string(), required: z.boolean().default(true) }))
    .default({}),
  environment: z.record(z.string(), z.string().nullable().transform(String)),
  ports: z.array(z.string()),
  volumes: z.array(z.string()),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  entrypoint: z.array(z.string()).optional(),
  privileged: z.boolean().default(false),
  cap_add: z.array(z.string()).default([]),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
});

const File = z.object({
  name: z.string(),
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.object({ name: z.string(), external: z.boolean().optional() })),
});

export type Service = z.output<typeof Service>;

/** What would run, as Compose reads it. */
export interface Composition {
  /** By container name; two services of one name throw, as Compose refuses them. */
  readonly containers: Readonly<Record<string, Service>>;
  /** Real names of the volumes, by the names in the file. */
  readonly volumes: Readonly<Record<string, string>>;
}

/** The services of these profiles, with variables filled in from `env` and nothing else. */
export async function composition(
  profiles: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Composition> {
  const text = await readFile(join(ROOT, 'docker-compose.yml'), 'utf8');
  const file = File.parse(filled(parse(text, { merge: true }), env));
  const chosen = Object.values(file.services).filter((service) =>
    service.profiles.some((profile) => profiles.includes(profile)),
  );
  const names = chosen.map((service) => service.container_name);
  if (new Set(names).size < names.length) throw new Error(`twice among ${names.join(', ')}`);
  return {
    containers: Object.fromEntries(chosen.map((service) => [service.container_name, service])),
    volumes: Object.fromEntries(
      Object.entries(file.volumes).map(([key, volume]) => [key, volume.name]),
    ),
  };
}

/** Every text with its variables; a text that is one boolean becomes one, as Compose casts it. */
function filled(value: unknown, env: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((one) => filled(one, env));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, env)]));
  if (typeof value !== 'string') return value;
  const result = substitute(value, (name) => env[name]);
  if (result.kind === 'failed') throw new Error(`${value}: ${result.what}`);
  return result.text === 'true' || result.text === 'false' ? result.text === 'true' : result.text;
}
