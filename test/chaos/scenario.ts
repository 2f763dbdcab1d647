import {
  always,
  answer,
  bash,
  report,
  say,
  together,
  write,
  type ItemScript,
  type Scenario,
  type Script,
} from '../../src/rehearsal/script.ts';

const manifest = { name: 'chaos', private: true, type: 'module', scripts: { test: 'node --test' } };

/** A module with its test; the pauses make the middle of a session a place that can be hit. */
function moduleItem(name: string, dependencies: readonly string[], body: string): ItemScript {
  const test = [
    `import assert from 'node:assert/strict';`,
    `import test from 'node:test';`,
    `import { ${name} } from '../src/${name}.js';`,
    '',
    `test('${name}', () => assert.equal(${name}(), '${name}'));`,
    '',
  ].join('\n');
  return {
    key: `${name.toUpperCase()}-1`,
    title: `Say ${name}`,
    dependencies,
    description: `A function that says ${name}.`,
    priority: 3,
    checks: [{ kind: 'command', run: `sleep 0.5 && node --test test/${name}.test.js`, exit: 0 }],
    ...always(
      write(`src/${name}.js`, body),
      bash('sleep 0.4'),
      together(write(`test/${name}.test.js`, test), bash('sleep 0.4')),
      report('complete', `${name} is said.`),
    ),
  };
}

const says = (name: string): string => `export const ${name} = () => '${name}';\n`;

function text(about: string): Script {
  return always(say(`# ${about}\n\nThree words, each said by a function.\n`));
}

const last = [
  `import { alpha } from './alpha.js';`,
  `import { beta } from './beta.js';`,
  '',
  `export const gamma = () => (alpha() + beta() === 'alphabeta' ? 'gamma' : '?');`,
  '',
].join('\n');

/** Every phase, a swarm, two items side by side and one that needs both: small, to be run often. */
export function threeWords(): Scenario {
  return {
    name: 'three-words',
    idea: 'A module that says three words.',
    plan: { summary: 'Two words, then the third.', projectCheck: 'npm test' },
    roles: {
      'ideation/user_requirements': text('Users'),
      'ideation/technical_feasibility': text('Technology'),
      'ideation/edge_cases': text('Edges'),
      'ideation/synthesis': text('Users, Technology, Edges'),
      'architecture/architect': text('Architecture'),
      'initialize/initializer': always(
        together(
          write('package.json', `${JSON.stringify(manifest, null, 2)}\n`),
          write('init.sh', '#!/bin/sh\nset -eu\nnode --version\n'),
          write(
            'test/scaffold.test.js',
            `import test from 'node:test';\n\ntest('it runs', () => {});\n`,
          ),
          bash('chmod +x init.sh'),
        ),
        report('complete', 'The scaffold is there.'),
      ),
      'testing/tester': always(
        answer({ summary: 'It says them.', findings: [], checks: ['npm test'] }),
      ),
    },
    items: [
      moduleItem('alpha', [], says('alpha')),
      moduleItem('beta', [], says('beta')),
      moduleItem('gamma', ['ALPHA-1', 'BETA-1'], last),
    ],
  };
}

/** Files that its agents write and that must be on main in the end. */
export const FILES = Object.freeze([
  'package.json',
  'init.sh',
  'test/scaffold.test.js',
  ...['alpha', 'beta', 'gamma'].flatMap((name) => [`src/${name}.js`, `test/${name}.test.js`]),
]);
