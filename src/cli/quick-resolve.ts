import { registerHooks, type ResolveFnOutput } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Packages whose files are all ES modules and name each other by relative paths with extensions. */
const PLAIN = ['/node_modules/drizzle-orm/', '/node_modules/zod/'];

/** Folder of the program itself, compiled: of the same kind. */
const OWN = `${pathToFileURL(dirname(import.meta.dirname)).href}/`;

/**
 * Node reads and parses a package's manifest anew for each module of it, and for each import that names
 * it. That of drizzle-orm lists thousands of exports: its 150 modules take 1 s to import, and 0.1 s when
 * they are resolved here. What our own files import by a package's name is looked up once.
 */
export function resolveQuickly(): void {
  const known = new Map<string, ResolveFnOutput>();
  registerHooks({
    resolve(specifier, context, next) {
      const { parentURL = '', conditions } = context;
      const own = parentURL.startsWith(OWN);
      if (specifier.startsWith('.')) {
        const plain =
          specifier.endsWith('.js') && (own || PLAIN.some((part) => parentURL.includes(part)));
        if (!plain) return next(specifier, context);
        return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true };
      }
      if (!own || !conditions.includes('import')) return next(specifier, context);
      const before = known.get(specifier);
      if (before !== undefined) return { ...before, shortCircuit: true };
      const found = next(specifier, context);
      known.set(specifier, found);
      return found;
    },
  });
}
