import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { PACKAGE, processEnvironment } from '../glance.ts';

/** How this process was started, as far as it decides what a person may type. */
export interface Started {
  /** The script, as given to Node. */
  readonly script: string;
  readonly cwd: string;
  /** The user's own PATH variable; npm puts its folders in front of it. */
  readonly path: string;
  /** The value of `--project-dir`. */
  readonly projectDir: string | undefined;
}

/** Makes the commands in a text such that they work as typed. */
export type Typed = (text: string) => string;

/**
 * Messages say `harness resume`; what the person has to type depends on how they started it: from PATH, by
 * npx in a checkout, or by its path. A project that was named by a flag is named again.
 */
export function typedFor(started: Started): Typed {
  let own: string | undefined;
  return (text) =>
    text.includes('`harness ')
      ? text.replaceAll(/`harness ([^`]+)`/gu, (_whole, words: string) => {
          own ??= ownCommand(started);
          return `\`${own} ${words}${flagFor(words, started)}\``;
        })
      : text;
}

/** The same for this process. */
export function typedHere(): Typed {
  return typedFor({
    script: process.argv[1] ?? '',
    cwd: process.cwd(),
    path: processEnvironment()['PATH'] ?? '',
    projectDir: projectDirIn(process.argv.slice(2)),
  });
}

function projectDirIn(words: readonly string[]): string | undefined {
  const at = words.lastIndexOf('--project-dir');
  const joined = words.findLast((word) => word.startsWith('--project-dir='));
  return joined?.slice('--project-dir='.length) ?? (at < 0 ? undefined : words[at + 1]);
}

/** Commands that mean no project, or name another one. */
const PROJECTLESS =
  /^(?:run|projects|init|config|doctor|worker|completion|db|[A-Z]|-)|--project-dir/u;

function flagFor(words: string, { projectDir }: Started): string {
  if (projectDir === undefined || PROJECTLESS.test(words)) return '';
  return ` --project-dir ${quoted(projectDir)}`;
}

function ownCommand({ script, cwd, path }: Started): string {
  const own = real(script);
  // What npm put in front is not there any more when the person types.
  const folders = path.split(delimiter).filter((folder) => !folder.endsWith('/node_modules/.bin'));
  const first = folders
    .map((folder) => real(join(folder, 'harness')))
    .find((one) => one !== undefined);
  if (first !== undefined && first === own) return 'harness';
  if (npxFinds(cwd, own)) return 'npx harness';
  const built = join(PACKAGE, 'dist', 'cli', 'bin.js');
  return `node ${quoted(existsSync(built) ? built : script)}`;
}

/** npx runs what the nearest package here has installed, or is. */
function npxFinds(cwd: string, own: string | undefined): boolean {
  for (let place = cwd; ; place = dirname(place)) {
    const installed = real(join(place, 'node_modules', '.bin', 'harness'));
    if (installed !== undefined) return installed === own;
    if (existsSync(join(place, 'package.json'))) return real(place) === real(PACKAGE);
    if (dirname(place) === place) return false;
  }
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** As one word for a shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./~-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
