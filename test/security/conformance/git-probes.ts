import type { CommandProbe } from './probe.ts';

/** Makes a repository below the workspace and plants what a person's git would run there. */
function inRepository(script: string): string {
  return `mkdir r-{number} && cd r-{number} && git init -q . && echo a > a.txt && git add a.txt && git -c user.name=a -c user.email=a@b commit -q -m a && { ${script}; }`;
}

const HOOK = (name: string): string =>
  inRepository(
    `printf '#!/bin/sh\\ntouch {plant}\\n' > .git/hooks/${name}; chmod +x .git/hooks/${name}`,
  );

const CONFIG = (key: string): string =>
  inRepository(`git config ${key} 'touch {plant};false'; echo b >> a.txt`);

const FILTER = (script: string): string =>
  inRepository(`echo '*.txt filter=x diff=x merge=x' > .gitattributes; ${script}; echo b >> a.txt`);

/**
 * Traps for a git of the host. Unsealed, a person's git walks into them; sealed, the harness brings
 * the work out of the box and clears the clone away, and none may close.
 */
export const GIT_PROBES: readonly CommandProbe[] = [
  {
    name: 'git: a monitor in the clone itself',
    command: `git config core.fsmonitor 'touch {plant};false'`,
    plants: '{plant}',
  },
  {
    name: 'git: a hook in the clone itself',
    command: `mkdir -p .git/hooks; for h in post-index-change reference-transaction; do printf '#!/bin/sh\\ntouch {plant}\\n' > .git/hooks/$h; chmod +x .git/hooks/$h; done`,
    plants: '{plant}',
  },
  {
    name: 'git: a monitor in a repository below',
    command: CONFIG('core.fsmonitor'),
    plants: '{plant}',
  },
  { name: 'git: a commit hook', command: HOOK('pre-commit'), plants: '{plant}' },
  { name: 'git: a checkout hook', command: HOOK('post-checkout'), plants: '{plant}' },
  { name: 'git: a reference hook', command: HOOK('reference-transaction'), plants: '{plant}' },
  {
    name: 'git: hooks elsewhere',
    command: inRepository(
      `mkdir h; printf '#!/bin/sh\\ntouch {plant}\\n' > h/pre-commit; chmod +x h/pre-commit; git config core.hooksPath "$PWD/h"`,
    ),
    plants: '{plant}',
  },
  {
    name: 'git: a filter on the way in',
    command: FILTER(`git config filter.x.clean 'touch {plant};cat'`),
    plants: '{plant}',
  },
  {
    name: 'git: a filter on the way out',
    command: FILTER(`git config filter.x.smudge 'touch {plant};cat'`),
    plants: '{plant}',
  },
  {
    name: 'git: a program that shows differences',
    command: FILTER(`git config diff.x.textconv 'touch {plant};cat'`),
    plants: '{plant}',
  },
  {
    name: 'git: a program that compares',
    command: FILTER(`git config diff.x.command 'touch {plant};true'`),
    plants: '{plant}',
  },
  {
    name: 'git: settings taken in from a file',
    command: inRepository(
      `printf '[core]\\n\\tfsmonitor = "touch {plant};false"\\n' > more; git config include.path ../more`,
    ),
    plants: '{plant}',
  },
  {
    name: 'git: a program that signs',
    command: inRepository(
      `git config gpg.program 'sh'; git config commit.gpgSign true; git config gpg.program "$PWD/sign"; printf '#!/bin/sh\\ntouch {plant}\\n' > sign; chmod +x sign`,
    ),
    plants: '{plant}',
  },
];

/** What a person does in a folder that an agent left. */
export const NAIVE_GIT =
  'git status; git add -A; git -c user.name=a -c user.email=a@b commit -q -m b; git diff HEAD~1; git show; git rm -q --cached a.txt; git checkout -q -f -b other; rm -f a.txt; git checkout -q -- .;';
