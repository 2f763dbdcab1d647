import { wordsOf } from './judges.ts';

/** Whether a path is called like a test, in any of the usual languages. */
function looksLikeTest(path: string): boolean {
  return (
    /(^|\/)(tests?|__tests__|specs?|e2e)\//i.test(path) ||
    /[._-](tests?|specs?)\.[^/]+$/i.test(path) ||
    /(^|\/)test_[^/]*$/i.test(path)
  );
}

/** Kinds of files that exist to judge: what a check names of other kinds is the product it looks at. */
const SCRIPTS: readonly RegExp[] = [
  // Folders of tools, and of what outputs are compared with.
  /(^|\/)(scripts?|tools?|ci|checks?|hack|fixtures?|golden|expected|__snapshots__)\//i,
  // No product's source.
  /\.(sh|bash|zsh|ksh|bats|ps1|bat|cmd|mk|expected|golden|snap)$/i,
  // Named for what it does, wherever no product's source lies.
  /^(?!(.*\/)?(src|lib|app)\/)(.*[/._-])?(checks?|verify|verification|validate|smoke|selftest|lint|tests?)([._-][^/]*)?$/i,
];

/** Options whose value tells a program how to judge: `node --import ./setup.js --test`. */
const SETTINGS =
  /(?:^|\s)(?:--(?:config|config-file|setup|setupFiles|globalSetup|import|require|loader|project|tsconfig|rcfile|preload)|-c|-p|-r)[\s=]+['"]?([^\s'"]+)/g;

/** Whether the file is a test, a script or a setting that one of these commands names. */
export function isNamedJudge(path: string, commands: readonly string[]): boolean {
  const judging = looksLikeTest(path) || isScript(path);
  return commands.some((command) =>
    (judging ? wordsOf(command) : settingsOf(command)).some((word) => names(word, path)),
  );
}

/** Whether what a command names here is run for its verdict, and is no test of its own. */
export function isScript(path: string): boolean {
  return SCRIPTS.some((kind) => kind.test(path));
}

/** Whether a word of a command can mean this file: also from a folder below the root. */
export function names(word: string, path: string): boolean {
  return path === word || path.endsWith(`/${word}`);
}

function settingsOf(command: string): readonly string[] {
  return [...command.matchAll(SETTINGS)].flatMap(([, value]) => wordsOf(value ?? ''));
}
