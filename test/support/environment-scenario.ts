import { always, answer, bash, report, say, together, write } from '../../src/rehearsal/script.ts';
import type { Scenario, Script, Step } from '../../src/rehearsal/script.ts';
import { aProjectWithDependency } from '../workspaces/environment-registry.ts';

/** The numbers to add are with a service, which gives them to who knows the word. */
const SERVICE = `const { createServer } = require('node:http');
createServer((request, response) => {
  const known = request.headers.authorization === process.env.NUMBERS_WORD;
  response.writeHead(known ? 200 : 401).end(known ? '[2, 3]' : '');
}).listen(Number(process.env.NUMBERS_PORT), '127.0.0.1');
`;

const PROGRAM = `const add = require('tiny-adder');
exports.total = async () => {
  const headers = { authorization: process.env.NUMBERS_WORD };
  const answer = await fetch('http://127.0.0.1:' + process.env.NUMBERS_PORT, { headers });
  return add(...(await answer.json()));
};
`;

const PROGRAM_TEST = `const assert = require('node:assert/strict');
const test = require('node:test');
const { total } = require('./total.js');
test('it adds what the service has', async () => assert.equal(await total(), 5));
`;

const PORT = 4310;

const PROBE = `node -e "fetch('http://127.0.0.1:${PORT}').then(() => process.exit(0), () => process.exit(1))"`;

/** What an operator configures for this application. */
export const ENVIRONMENT_YAML = `environment: ${JSON.stringify({
  services: [{ name: 'numbers', command: 'node numbers.js', probe: PROBE }],
  env: { NUMBERS_PORT: String(PORT), NUMBERS_WORD: 'a word that is no secret' },
})}
`;

function text(about: string): Script {
  return always(say(`# ${about}\n\nA program that adds.\n`));
}

/** Only with the dependency in its clone does the coder go on; and its spoiling it reaches nobody else. */
const spoilOrStop: Step = (ask) =>
  ask.results.some((result) => result.text.includes('twenty-three: 23'))
    ? write('node_modules/tiny-adder/index.js', 'module.exports = () => 0;\n')
    : report('blocked', `The dependency is missing: ${JSON.stringify(ask.results)}`);

/** An application with a package of a registry and a service it talks to. */
export function adderWithService(integrity: string): Scenario {
  const scaffold = { ...aProjectWithDependency(integrity), 'numbers.js': SERVICE };
  return {
    name: 'adder',
    idea: 'A program that adds the numbers that a service has.',
    plan: { summary: 'One program.', projectCheck: 'npm test' },
    roles: {
      'ideation/brainstorm': text('Requirements'),
      'architecture/architect': text('Architecture'),
      'initialize/initializer': always(
        together(
          ...Object.entries(scaffold).map(([path, content]) => write(path, content)),
          write('init.sh', '#!/bin/sh\nset -eu\nnpm ci\n'),
          bash('chmod +x init.sh'),
        ),
        report('complete', 'The scaffold is there.'),
      ),
      'testing/tester': always(
        answer({ summary: 'It adds.', findings: [], checks: ['node --test total.test.js'] }),
      ),
    },
    items: [
      {
        key: 'TOTAL-1',
        title: 'Add the numbers of the service',
        description: 'total() in total.js, with a test in total.test.js.',
        priority: 3,
        dependencies: [],
        checks: [{ kind: 'command', run: 'node --test total.test.js', exit: 0 }],
        ...always(
          together(
            write('total.js', PROGRAM),
            write('total.test.js', PROGRAM_TEST),
            bash(`node -e "console.log('twenty-three: ' + require('tiny-adder')(20, 3))"`),
          ),
          spoilOrStop,
          report('complete', 'The total is there.'),
        ),
      },
    ],
  };
}
