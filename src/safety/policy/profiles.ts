import { FILES, MORE_FILES } from './commands/files.ts';
import { GIT, GIT_FACTS } from './commands/git.ts';
import { NETWORK } from './commands/network.ts';
import { NODE, NODE_RUNNERS, NPM, NPM_PACKAGES, PNPM_YARN } from './commands/node.ts';
import { MORE_PROCESSES, PROCESSES } from './commands/processes.ts';
import { PYTHON_TOOLS } from './commands/python.ts';
import { BUILTINS, WRAPPERS } from './commands/shell.ts';
import { GREPS, TEXT } from './commands/text.ts';
import { TOOLS } from './commands/tools.ts';
import type { Policy } from './policy.ts';
import type { Commands } from './spec.ts';

/** The 18 commands of the original system, with its validators of pkill, chmod and init.sh. */
const SEED: Commands = {
  ...FILES,
  ...GREPS,
  ...PROCESSES,
  ...NODE,
  ...NPM,
  ...GIT,
  // Which file it is, is decided by where its path leads.
  'init.sh': { operands: 'tool', loose: true },
};

/** What real work needs besides. */
const STANDARD: Commands = {
  ...TOOLS,
  ...PYTHON_TOOLS,
  ...SEED,
  ...MORE_FILES,
  ...TEXT,
  ...MORE_PROCESSES,
  ...NODE_RUNNERS,
  ...PNPM_YARN,
  ...NETWORK,
  ...BUILTINS,
  ...WRAPPERS,
  npm: withPackages(NPM['npm']),
};

function withPackages(npm: Commands[string] | undefined): Commands[string] {
  return { ...npm, subcommands: { ...npm?.subcommands, ...NPM_PACKAGES } };
}

/** Facts that a command may be given as its words. */
const SUBSTITUTIONS: Commands = {
  pwd: pick('pwd'),
  date: pick('date'),
  basename: pick('basename'),
  dirname: pick('dirname'),
  mktemp: pick('mktemp'),
  nproc: pick('nproc'),
  uname: pick('uname'),
  seq: pick('seq'),
  ...GIT_FACTS,
  /** Only what a here-document feeds it: a text of several lines. */
  cat: {},
};

function pick(name: string): Commands[string] {
  return STANDARD[name] ?? {};
}

const READERS: ReadonlySet<string> = new Set([
  'cat',
  'grep',
  'egrep',
  'fgrep',
  'head',
  'tail',
  'wc',
  'ls',
  'basename',
  'dirname',
  'file',
  'stat',
  'echo',
  'md5sum',
  'sha256sum',
  'cut',
  'du',
  'realpath',
  'readlink',
]);

/** The profile of this name, as it comes with the harness. */
export function profileOf(name: Policy['profile']): Policy {
  return Object.freeze({
    profile: name,
    commands: Object.freeze(name === 'seed' ? SEED : STANDARD),
    substitutions: Object.freeze(name === 'seed' ? { cat: {}, pwd: pick('pwd') } : SUBSTITUTIONS),
    readers: READERS,
    projectPrograms: name === 'standard',
  });
}
