import { z } from 'zod';
import { MANIFEST_JUDGES, wordsOf, type AgreedCommands } from './judges.ts';

/** Both texts of a `package.json`; undefined: it is gone afterwards. */
interface Manifests {
  readonly before: string;
  readonly after: string | undefined;
}

/** They run whenever dependencies are installed, for a gate too. */
const ON_INSTALL = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare'];

/**
 * Names of scripts of a `package.json` that agreed checks run, directly, through another script or as
 * its `pre` and `post`, and that read otherwise afterwards. A new one counts where main passes a check
 * that runs it, or beside one that was there. What can't be read runs nothing and has changed everything.
 */
export function changedScripts(
  { before, after }: Manifests,
  commands: AgreedCommands,
): readonly string[] {
  const [old, recent] = [scriptsIn(before), scriptsIn(after ?? '{}')];
  const meant = new Set(scriptsRun(recent, commands.passed));
  const counts = (name: string): boolean =>
    name in old ||
    meant.has(name) ||
    name.replace(/^(pre|post)/, '') in old ||
    ON_INSTALL.includes(name);
  const run = [
    ...scriptsRun(old, commands.all),
    ...scriptsRun(recent, commands.all),
    ...ON_INSTALL,
  ];
  return [...new Set(run)].filter((name) => old[name] !== recent[name] && counts(name)).toSorted();
}

/**
 * Whether a `package.json` that is new at this path is nearer to what these commands run than the one
 * they used so far: `cd web && npm test` takes its scripts from `web/package.json` where there is one.
 */
export function takesPlace(path: string, commands: readonly string[]): boolean {
  const folder = path.replace(/\/?package\.json$/, '');
  if (folder === '') return false;
  return commands
    .filter((command) => RUNS_SCRIPTS.test(command))
    .flatMap((command) => wordsOf(command))
    .some((word) => `${word.replace(/\/+$/, '')}/`.startsWith(`${folder}/`));
}

/** Keys of a `package.json` that set a test runner or another judge, and read otherwise afterwards. */
export function changedSettings({ before, after }: Manifests): readonly string[] {
  const [old, recent] = [manifestIn(before), manifestIn(after ?? '{}')];
  return MANIFEST_JUDGES.filter((key) => JSON.stringify(old[key]) !== JSON.stringify(recent[key]));
}

/** What the scripts hold that these commands run. */
export function textsRun(manifest: string, commands: readonly string[]): readonly string[] {
  const scripts = scriptsIn(manifest);
  return scriptsRun(scripts, commands).flatMap((name) => scripts[name] ?? []);
}

type Scripts = Readonly<Record<string, string>>;

const Manifest = z.looseObject({ scripts: z.record(z.string(), z.unknown()).optional() });

function manifestIn(text: string): z.infer<typeof Manifest> {
  return Manifest.safeParse(jsonOf(text)).data ?? {};
}

function scriptsIn(text: string): Scripts {
  const read = Object.entries(manifestIn(text).scripts ?? {}).map(([name, script]) => [
    name,
    typeof script === 'string' ? script : JSON.stringify(script),
  ]);
  return Object.fromEntries(read);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** What a command says for a script of another name. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  t: ['test'],
  tst: ['test'],
  it: ['install', 'test'],
  cit: ['install', 'test'],
  ci: ['install'],
  i: ['install'],
  restart: ['stop', 'start'],
};

const RUNS_SCRIPTS =
  /\b(npm|npx|pnpm|pnpx|yarn|bun|bunx|wireit|turbo|nx|lerna|run-s|run-p|npm-run-all)\b|--run\b/;

function scriptsRun(scripts: Scripts, commands: readonly string[]): readonly string[] {
  const run = new Set<string>();
  const queue = commands.filter((command) => RUNS_SCRIPTS.test(command));
  for (let text = queue.pop(); text !== undefined; text = queue.pop()) {
    for (const [name, script] of Object.entries(scripts)) {
      if (run.has(name) || !calls(text, name)) continue;
      run.add(name);
      queue.push(script);
    }
  }
  return [...run].toSorted();
}

/** Also `npm-run-all test:*`, and a script's `pre` and `post`. */
function calls(text: string, name: string): boolean {
  const named = [name, name.replace(/^(pre|post)/, '')];
  return wordsOf(text)
    .flatMap((word) => [word].concat(SHORT[word] ?? []))
    .some((word) =>
      word.includes('*')
        ? named.some((one) => one.startsWith(word.slice(0, word.indexOf('*'))))
        : named.includes(word),
    );
}
