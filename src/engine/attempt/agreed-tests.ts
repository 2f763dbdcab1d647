import { z } from 'zod';

/** Words of shell commands: what stands between blanks, quotes and operators. */
function wordsOf(command: string): readonly string[] {
  return command
    .split(/[\s'"`;&|()<>=,]+/)
    .map((word) => word.replace(/^\.\//, '').replace(/::.*$/, ''))
    .filter((word) => word !== '');
}

/** Whether a path is called like a test, in any of the usual languages. */
function looksLikeTest(path: string): boolean {
  return (
    /(^|\/)(tests?|__tests__|specs?|e2e)\//i.test(path) ||
    /[._-](tests?|specs?)\.[^/]+$/i.test(path) ||
    /(^|\/)test_[^/]*$/i.test(path)
  );
}

/** Whether the file is a test that one of these commands names. */
export function isNamedTest(path: string, commands: readonly string[]): boolean {
  if (!looksLikeTest(path)) return false;
  return commands.some((command) =>
    wordsOf(command).some((word) => path === word || (word !== '' && path.endsWith(`/${word}`))),
  );
}

const Manifest = z.looseObject({ scripts: z.record(z.string(), z.unknown()).optional() });

/**
 * Names of scripts of a `package.json` that these commands run, directly or through another script,
 * and that read otherwise afterwards. What can't be read runs nothing and has changed everything.
 */
export function changedScripts(
  before: string,
  after: string | undefined,
  commands: readonly string[],
): readonly string[] {
  const [old, recent] = [scriptsIn(before), scriptsIn(after ?? '{}')];
  return scriptsRun(old, commands).filter((name) => old[name] !== recent[name]);
}

type Scripts = Readonly<Record<string, string>>;

function scriptsIn(text: string): Scripts {
  const found = Manifest.safeParse(jsonOf(text)).data?.scripts ?? {};
  return Object.fromEntries(
    Object.entries(found).map(([name, script]) => [name, JSON.stringify(script)]),
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function scriptsRun(scripts: Scripts, commands: readonly string[]): readonly string[] {
  const run = new Set<string>();
  const queue = commands.filter((command) => /\b(npm|npx|pnpm|yarn|bun)\b/.test(command));
  for (let text = queue.pop(); text !== undefined; text = queue.pop()) {
    const words = new Set(wordsOf(text).flatMap((word) => (word === 't' ? ['t', 'test'] : [word])));
    for (const [name, script] of Object.entries(scripts)) {
      const called = words.has(name) || words.has(name.replace(/^(pre|post)/, ''));
      if (!called || run.has(name)) continue;
      run.add(name);
      queue.push(script);
    }
  }
  return [...run].toSorted();
}
