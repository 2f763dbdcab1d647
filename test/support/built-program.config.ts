import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { BUNDLED } from '../../bundle.config.ts';

const SOURCES = fileURLToPath(new URL('../../src', import.meta.url));

/** The command line in few files, which finds all else where its sources are. */
export default defineConfig({
  plugins: [placesOfSources()],
  publicDir: false,
  ssr: { noExternal: BUNDLED },
  build: {
    ssr: `${SOURCES}/cli/bin.ts`,
    target: 'node24',
    minify: false,
    rolldownOptions: { output: { entryFileNames: 'bin.js', chunkFileNames: '[name]-[hash].js' } },
  },
});

/** What a module reads or starts beside itself is in no bundle. */
function placesOfSources(): Plugin {
  return {
    name: 'places-of-sources',
    enforce: 'pre',
    transform(code, id) {
      if (!id.startsWith(SOURCES) || !code.includes('import.meta.')) return null;
      return code.replaceAll(/\bimport\.meta\.(url|dirname|filename)\b/gu, (_whole, word: string) =>
        JSON.stringify(placeOf(id)[word]),
      );
    },
  };
}

function placeOf(filename: string): Readonly<Record<string, string>> {
  return { filename, dirname: dirname(filename), url: pathToFileURL(filename).href };
}
