import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const SOURCES = fileURLToPath(new URL('src', import.meta.url));

/**
 * Libraries of many small files that every command of a look needs: of half a second, nearly all went
 * into finding and opening their 300 files. The rest stays where npm put it.
 */
export const BUNDLED = ['commander', 'drizzle-orm', 'yaml', 'zod'];

/**
 * The command line as few files, over what the compiler left in `dist`: `dist/cli/bin.js` and what it
 * loads, in `dist/bundle`. Programs that are started by their path stay as the compiler made them.
 */
export default defineConfig({
  plugins: [ownPlaces()],
  publicDir: false,
  ssr: { noExternal: BUNDLED },
  build: {
    ssr: true,
    outDir: 'dist',
    emptyOutDir: false,
    target: 'node24',
    minify: false,
    license: { fileName: 'bundle/licenses.md' },
    rolldownOptions: {
      input: `${SOURCES}/cli/bin.ts`,
      output: {
        entryFileNames: 'cli/bin.js',
        // Names that stay: under a server that runs for long, an update may replace what it has yet to load.
        // What they export keeps its name as well, so that an older part finds the same in them, or nothing.
        chunkFileNames: (chunk) => `bundle/${nameOf(chunk)}.js`,
        minifyInternalExports: false,
      },
    },
  },
});

interface Chunk {
  readonly name: string;
  readonly facadeModuleId?: string | null | undefined;
  readonly moduleIds: readonly string[];
}

/** The place of its main module as one word, so that no two share a name and get numbers. */
function nameOf({ name, facadeModuleId, moduleIds }: Chunk): string {
  const id = facadeModuleId ?? moduleIds.at(-1) ?? '';
  if (!id.startsWith(`${SOURCES}/`)) return name;
  const place = relative(SOURCES, id).replace(/\.ts$/u, '').replaceAll('/', '-');
  // One that only hands on what another holds.
  return moduleIds.length === 0 ? `${place}-door` : place;
}

/** In a bundle every module still has the place that the compiler gives it: some start programs beside them. */
function ownPlaces(): Plugin {
  return {
    name: 'own-places',
    enforce: 'pre',
    transform(code, id) {
      if (!id.startsWith(SOURCES) || !code.includes('import.meta.')) return null;
      const file = relative(SOURCES, id).replace(/\.ts$/u, '.js');
      return code.replaceAll(
        /\bimport\.meta\.(url|dirname|filename)\b/gu,
        (_whole, word: string) => {
          if (word === 'url') return `${urlOf(file)}.href`;
          return `process.getBuiltinModule('node:url').fileURLToPath(${urlOf(word === 'dirname' ? dirname(file) : file)})`;
        },
      );
    },
  };
}

function urlOf(path: string): string {
  return `new URL(${JSON.stringify(`../${path}`)}, import.meta.url)`;
}
