import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { readText } from './read-text.ts';

/** Variables as the operating system gives them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The variables of this process: nothing else in the project reads them. */
export function processEnvironment(): Variables {
  return { ...process.env };
}

/** Text of `.env` in `cwd`, empty where there is none. Throws CONFIG_INVALID when it can't be read. */
export function readDotEnv(cwd: string): string {
  return readText(join(cwd, '.env'), '.env') ?? '';
}

/** Environment over the text of `.env`; an empty variable hides the one in there. */
export function lookupIn(env: Variables, dotEnv: string): (name: string) => string | undefined {
  const fromFile = new Map(dotEnv === '' ? [] : Object.entries(parseEnv(dotEnv)));
  return (name) => (Object.hasOwn(env, name) ? env[name] : undefined) ?? fromFile.get(name);
}
