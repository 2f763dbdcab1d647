import type { TreeFiles } from '../../workspaces/environment/recipe.ts';
import { textsRun } from './agreed-scripts.ts';
import { isScript, names } from './agreed-tests.ts';
import type { Begun, WorkshopDeps } from './deps.ts';
import { judges, wordsOf, type AgreedCommands } from './judges.ts';

/** The commands of every check that was agreed in this project, with what they run on `base`. */
export async function agreedCommands(
  { store }: Pick<WorkshopDeps, 'store'>,
  { project, run, item, hub }: Begun,
  base: string,
): Promise<AgreedCommands> {
  const items = await store.items.list(project.id);
  const commandsOf = (some: typeof items): readonly string[] =>
    some
      .flatMap(({ checks }) => checks)
      .flatMap((check) => (check.kind === 'command' ? [check.run] : []));
  const whole = run.projectCheck === null ? [] : [run.projectCheck];
  const done = items.filter(({ status }) => status === 'done');
  const files = await hub.files(base);
  return {
    all: await withTexts(files, [...commandsOf(items), ...whole]),
    // The scaffold is there to make the project's check pass.
    passed: await withTexts(files, [...commandsOf(done), ...(item === null ? [] : whole)]),
  };
}

/** Scripts name scripts; a chain that is longer than this is nobody's honest work. */
const MOST_ROUNDS = 6;
/** Reading more would hold up every gate. */
const MOST_FILES = 500;
/** Bytes; larger ones are data. */
const MOST_BYTES = 200_000;

/** The commands, and the text of every script, make file and `package.json` script that they run. */
async function withTexts(
  files: TreeFiles,
  commands: readonly string[],
): Promise<readonly string[]> {
  const manifests = await textsOf(files, (path) => /(^|\/)package\.json$/.test(path));
  const scripts = await textsOf(files, (path) => isScript(path) || RECIPE.test(path));
  let known = [...new Set(commands)];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const now = known;
    const words = new Set(now.flatMap((text) => wordsOf(text)));
    const run = scripts.filter(({ path }) => isRun(path, { now, words }));
    const inside = manifests.flatMap(({ text }) => textsRun(text, now));
    known = [...new Set([...now, ...inside, ...run.map(({ text }) => text)])];
    if (known.length === now.length) break;
  }
  return known;
}

const RECIPE = /(^|\/)(GNUmakefile|makefile|Makefile|[^/]+\.mk)$/;

function isRun(
  path: string,
  { now, words }: { readonly now: readonly string[]; readonly words: ReadonlySet<string> },
): boolean {
  if (RECIPE.test(path)) return judges(path, 'changes', { all: now, passed: now });
  return [...words].some((word) => names(word, path));
}

interface Text {
  readonly path: string;
  readonly text: string;
}

async function textsOf(
  files: TreeFiles,
  wanted: (path: string) => boolean,
): Promise<readonly Text[]> {
  const texts: Text[] = [];
  for (const path of files.paths.filter((one) => wanted(one)).slice(0, MOST_FILES)) {
    const content = await files.read(path);
    if (content !== null && content.length <= MOST_BYTES)
      texts.push({ path, text: content.toString('utf8') });
  }
  return texts;
}
