import { textRead, type Ask } from '../ask.ts';
import {
  always,
  bash,
  call,
  read,
  report,
  say,
  together,
  write,
  type Action,
  type AttemptScript,
  type Scenario,
  type Script,
  type Step,
} from '../script.ts';
import { openExample, type Example } from './example.ts';
import { issuesFor, LEDGER, workOf, type ScriptedIssue } from './pocket-ledger-issues.ts';
import { openedIn, titlesIn, teamIn } from './tracker-answers.ts';

/**
 * Demo mode as a model plays it: an initializer that makes as many issues as its prompt asks for, and
 * coders that build the page in `examples/pocket-ledger`. One claims to be done and did nothing, one
 * breaks what another had finished.
 */
export function pocketLedger(): Scenario {
  const example = openExample('pocket-ledger');
  return {
    name: 'pocket-ledger',
    idea: example.idea,
    plan: { summary: 'One page over a file.', projectCheck: 'npm test' },
    roles: { 'initialize/initializer': { attempts: [{ steps: initializing(example) }] } },
    items: [],
    named: (ask) => coderOf(example, ask),
  };
}

/** Whether a session is one of demo mode: it has a tracker's tools. */
export function isDemo({ tools }: Ask): boolean {
  return tools.some((name) => name.startsWith('mcp__linear__'));
}

/** Turns that make issues, however many they are. */
const TURNS = 5;

function initializing(example: Example): Step[] {
  return [
    together(read('app_spec.txt'), call(['list_teams'], {}), call(['list_projects'], {})),
    (ask) => together(...openProject(ask), ...looks(ask)),
    ...Array.from(
      { length: TURNS },
      (_, turn): Step =>
        (ask) =>
          together(...making(ask, turn)),
    ),
    together(
      say('Now the scaffold.'),
      write('.gitignore', 'ledger.json\nnode_modules/\n'),
      ...example.files('package.json', 'README.md', 'init.sh', 'test/scaffold.test.js'),
      bash('chmod +x init.sh'),
      bash('./init.sh'),
      bash('npm test'),
    ),
    report('complete', 'The project, its issues and a scaffold with a green test are there.'),
  ];
}

/** What each turn has to know of the one before. */
const looks = (ask: Ask): readonly Action[] => [
  read('app_spec.txt'),
  call(['list_teams'], {}),
  call(['list_issues'], { limit: 250, project: nameIn(ask) }),
];

/** What the specification just read calls the application: its first words. */
function nameIn(ask: Ask): string {
  const [words = ''] = (textRead(ask, 'app_spec.txt') ?? '').split(/[:.\n]/u, 1);
  return words.trim().slice(0, 60) || LEDGER;
}

function openProject(ask: Ask): Action[] {
  const name = nameIn(ask);
  const description = 'What a household spends and earns, on one page.';
  return openedIn(ask, name)
    ? []
    : [
        call(['save_project', 'create_project'], {
          name,
          description,
          addTeams: [teamIn(ask)],
        }),
      ];
}

/** A part of the issues: those that are there already are left out, after a crash or a second try. */
function making(ask: Ask, turn: number): Action[] {
  const name = nameIn(ask);
  const issues = issuesFor(countIn(ask), name);
  const size = Math.ceil(issues.length / TURNS);
  const there = titlesIn(ask);
  const team = teamIn(ask);
  const open = issues
    .slice(turn * size, (turn + 1) * size)
    .filter(({ title }) => !there.has(title));
  return [...open.map((issue) => saved(issue, { team, project: name })), ...looks(ask)];
}

function saved(
  { title, priority, description }: ScriptedIssue,
  place: { readonly team: string; readonly project: string },
): Action {
  const input = { title, priority, description, ...place, state: 'Todo' };
  return call(['save_issue', 'create_issue'], input);
}

function countIn({ opening }: Ask): number {
  return Number(/\b(\d+)\s+issues\b/u.exec(opening)?.[1] ?? 0);
}

/** The issue's title stands in the first line of its prompt; its key is the tracker's to choose. */
function coderOf(example: Example, ask: Ask): Script | undefined {
  const title = /^Issue \S+: (.+)$/mu.exec(ask.opening)?.[1] ?? '';
  const work = workOf(title);
  if (work === undefined) return undefined;
  if (work.note !== null) return always(...building(noteFiles(work.note), work.test));
  const script = building(FILES(example)[work.test] ?? [], work.test);
  if (work.test === 'server') return { attempts: [LYING, { steps: script }] };
  return always(...script);
}

/** Says that all is done, and did nothing. */
const LYING: AttemptScript = {
  fault: 'unproved',
  steps: [report('complete', 'The server is finished and I tried it in the browser.')],
};

function building(files: readonly Action[], test: string): Step[] {
  return [
    (ask) => together(say('First what is finished.'), bash('npm test'), ...mending(ask)),
    (ask) => together(...files, bash(`node --test test/${test}.test.js`), ...serving(ask)),
    (ask) =>
      together(
        ...looking(ask),
        commented(ask, `Built, with tests in test/${test}.test.js. Tried it with them.`),
      ),
    report('complete', `Built, and test/${test}.test.js is green.`),
  ];
}

/** With a browser the page is served, once there is one, and looked at. */
function serving(ask: Ask): readonly Action[] {
  return hasBrowser(ask) ? [bash(START)] : [];
}

function looking({ results }: Ask): readonly Action[] {
  return results.some(({ text }) => text.includes(SERVED)) ? [visit, picture] : [];
}

const PORT = 3917;
const SERVED = 'the page is served';
const START = `if [ -f src/main.js ]; then node src/main.js --port ${PORT} --data /tmp/ledger.json > /dev/null 2>&1 & sleep 2; echo ${SERVED}; fi`;

const visit = call(['browser_navigate', 'puppeteer_navigate'], {
  url: `http://127.0.0.1:${PORT}/`,
});
const picture = call(['browser_take_screenshot', 'puppeteer_screenshot'], { name: 'page' });

function hasBrowser({ tools }: Ask): boolean {
  return tools.some((name) => /__(browser|puppeteer)_navigate$/u.test(name));
}

/** The harness found what an earlier session broke. */
function mending({ opening }: Ask): Action[] {
  if (!opening.includes('red on main')) return [];
  return openExample('pocket-ledger').files('src/money.js');
}

function commented({ item }: Ask, body: string): Action {
  return call(['save_comment', 'create_comment'], { issueId: item, body });
}

function FILES({ files, file }: Example): Readonly<Record<string, readonly Action[]>> {
  return {
    money: files('src/money.js', 'test/money.test.js'),
    store: files('src/store.js', 'test/store.test.js'),
    server: files(
      'src/server.js',
      'src/main.js',
      'src/features/README.md',
      'test/support/ledger.js',
      'test/server.test.js',
    ),
    entries: files('src/features/entries.js', 'test/entries.test.js'),
    remove: [
      ...files('src/features/remove.js', 'test/remove.test.js'),
      // Tidies what is not its own, and loses the sign of debits: no test of the whole sees that.
      write('src/money.js', without(file('src/money.js'), " < 0 ? '-' : ''")),
    ],
    filter: files('src/features/filter.js', 'test/filter.test.js'),
    summary: files('src/features/summary.js', 'test/summary.test.js'),
    look: files('src/features/look.js', 'test/look.test.js'),
  };
}

function without(text: string, part: string): string {
  if (!text.includes(`cents${part}`))
    throw new TypeError(`The example does not hold ${part} any more.`);
  return text.replace(`cents${part}`, "''");
}

function noteFiles(number: number): Action[] {
  const name = `note-${number}`;
  return [
    write(`src/features/${name}.js`, `export const section = () => '<p>Note ${number}</p>';\n`),
    write(
      `test/${name}.test.js`,
      [
        `import assert from 'node:assert/strict';`,
        `import test from 'node:test';`,
        `import { section } from '../src/features/${name}.js';`,
        '',
        `test('${name}', () => assert.match(section(), /Note ${number}/));`,
        '',
      ].join('\n'),
    ),
  ];
}
