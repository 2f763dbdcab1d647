import {
  always,
  bash,
  say,
  write,
  type ItemScript,
  type Scenario,
} from '../src/rehearsal/script.ts';

export const ITEMS = 12;
/** What a real model takes for a short answer, milliseconds. */
export const LATENCY_MS = 300;

/** Independent items of five answers each: write, write, run the test, commit, say done. */
export function overheadScenario(): Scenario {
  return {
    name: 'overhead',
    idea: 'Twelve small modules that have nothing to do with each other.',
    plan: { summary: 'Twelve modules.', projectCheck: 'true' },
    roles: {},
    items: Array.from({ length: ITEMS }, (_, index) => item(index + 1)),
  };
}

function item(number: number): ItemScript {
  const name = `part${number}`;
  const check = `node --test test/${name}.test.mjs`;
  return {
    key: `PART-${number}`,
    title: `Module ${number}`,
    description: `Write src/${name}.mjs and its test.`,
    priority: 3,
    dependencies: [],
    checks: [{ kind: 'command', run: check, exit: 0 }],
    ...always(
      write(`src/${name}.mjs`, `export const ${name} = () => ${number};\n`),
      write(
        `test/${name}.test.mjs`,
        `import assert from 'node:assert/strict';\nimport test from 'node:test';\nimport { ${name} } from '../src/${name}.mjs';\n\ntest('${name}', () => assert.equal(${name}(), ${number}));\n`,
      ),
      bash(check),
      bash(`git add -A && git commit -qm "${name}"`),
      say('Done.'),
    ),
  };
}
