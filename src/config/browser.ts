import type { BrowserSettings } from './config.ts';
import type { FileSettings } from './schema.ts';
import type { Variables } from './variables.ts';

/** The names under which tools of others look for a browser's program. */
const NAMED_BY = ['CHROME_PATH', 'PUPPETEER_EXECUTABLE_PATH'] as const;

/**
 * @param env The environment itself and not `.env`, which may have come with a repository: a box is
 *   shown the folder of the program.
 */
export function browserSettings(file: FileSettings['browser'], env: Variables): BrowserSettings {
  const named = NAMED_BY.map((name) => env[name]).find((value) => (value ?? '') !== '');
  return {
    use: file === undefined ? 'unsaid' : file.enabled ? 'yes' : 'no',
    server: file?.server ?? 'playwright',
    program: named ?? null,
  };
}
