import type { ItemDraft } from '../../src/domain/work-item.ts';
import {
  always,
  answer,
  bash,
  edit,
  overloaded,
  read,
  report,
  say,
  together,
  write,
  type ItemScript,
  type Scenario,
  type Script,
  type Step,
} from '../../src/rehearsal/script.ts';

const manifest = { name: 'units', private: true, type: 'module', scripts: { test: 'node --test' } };

/** One module with a test of its own: a function from a number to a number. */
function converter(name: string, body: string, example: readonly [number, number]): Step {
  const [given, wanted] = example;
  return together(
    write(`src/${name}.js`, `export const ${name} = (value) => ${body};\n`),
    write(
      `test/${name}.test.js`,
      [
        `import assert from 'node:assert/strict';`,
        `import test from 'node:test';`,
        `import { ${name} } from '../src/${name}.js';`,
        '',
        `test('${name}', () => assert.equal(${name}(${given}), ${wanted}));`,
        '',
      ].join('\n'),
    ),
    bash(`node --test test/${name}.test.js`),
  );
}

type Planned = Pick<ItemDraft, 'key' | 'title' | 'dependencies'> & { readonly test: string };

function item({ key, title, dependencies, test }: Planned, ...steps: readonly Step[]): ItemScript {
  return {
    key,
    title,
    dependencies,
    description: `${title}, with a test in test/${test}.test.js.`,
    priority: 3,
    checks: [{ kind: 'command', run: `node --test test/${test}.test.js`, exit: 0 }],
    ...always(...steps, report('complete', `${title}: done.`)),
  };
}

const program = [
  `import { feet } from './feet.js';`,
  `import { kelvin } from './kelvin.js';`,
  `import { pounds } from './pounds.js';`,
  '',
  'export const units = { feet, kelvin, pounds };',
  'export const convert = (unit, value) => units[unit](value);',
  '',
].join('\n');

const programTest = [
  `import assert from 'node:assert/strict';`,
  `import test from 'node:test';`,
  `import { convert } from '../src/convert.js';`,
  '',
  `test('it converts by name', () => assert.equal(convert('feet', 2), 24));`,
  '',
].join('\n');

function text(about: string): Script {
  return always(say(`# ${about}\n\nA unit converter.\n`));
}

/**
 * Another idea, other items, another graph (three side by side, then a line of two) and one fault,
 * made only of what `src/rehearsal` exports.
 */
export function unitConverter(): Scenario {
  return {
    name: 'unit-converter',
    idea: 'A module that converts feet, degrees and pounds.',
    plan: { summary: 'Three converters, one entry, one guide.', projectCheck: 'npm test' },
    roles: {
      'ideation/user_requirements': text('Users'),
      'ideation/technical_feasibility': text('Technology'),
      'ideation/edge_cases': text('Edges'),
      'ideation/synthesis': text('Users, Technology, Edges'),
      'ideation/brainstorm': text('Requirements'),
      'architecture/system_design': text('System'),
      'architecture/data_models': text('Data'),
      'architecture/api_design': text('Interfaces'),
      'architecture/synthesis': text('System, Data, Interfaces'),
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
        answer({ summary: 'It converts.', findings: [], checks: ['npm test'] }),
      ),
    },
    items: [
      item(
        { key: 'FEET-1', title: 'Feet to inches', dependencies: [], test: 'feet' },
        overloaded(converter('feet', 'value * 12', [1, 12])),
      ),
      item(
        { key: 'KELVIN-1', title: 'Degrees to kelvin', dependencies: [], test: 'kelvin' },
        converter('kelvin', 'value + 273', [0, 273]),
      ),
      item(
        { key: 'POUNDS-1', title: 'Pounds to ounces', dependencies: [], test: 'pounds' },
        converter('pounds', 'value * 16', [2, 32]),
      ),
      item(
        {
          key: 'ENTRY-1',
          title: 'Convert by name',
          dependencies: ['FEET-1', 'KELVIN-1', 'POUNDS-1'],
          test: 'convert',
        },
        together(write('src/convert.js', program), write('test/convert.test.js', programTest)),
      ),
      item(
        { key: 'LIST-1', title: 'List the units', dependencies: ['ENTRY-1'], test: 'names' },
        together(
          read('src/convert.js'),
          write(
            'test/names.test.js',
            programTest
              .replace('convert }', 'names }')
              .replace(`convert('feet', 2), 24`, `names().join(), 'feet,kelvin,pounds'`),
          ),
        ),
        edit(
          'src/convert.js',
          'export const convert',
          'export const names = () => Object.keys(units);\nexport const convert',
        ),
      ),
    ],
  };
}
