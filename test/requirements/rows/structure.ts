import type { Row } from '../row.ts';

const STRUCTURE = 'test/requirements/structure.test.ts';
const RECORDED = 'test/e2e/recorded.test.ts';
const CONFIGURED = 'test/engine/configured.test.ts';
const PLANNING = 'test/phases/planning.test.ts';
const PROMPTS = 'test/prompts/role-prompt.test.ts';
const HOMES = 'R-082 to R-108 every part of the original has its home';
const SHIPPED = 'the shipped prompt of %s/%s has a value for every name';

/** Every part of the original's source tree has its home. */
export const PARTS: readonly Row[] = [
  {
    id: 'R-082',
    promise: 'the entry of demo mode',
    check: 'command `demo` and `src/demo/`',
    proved: { [STRUCTURE]: [HOMES] },
  },
  {
    id: 'R-083',
    promise: 'the entry of the orchestrator',
    check: 'the program `harness` and `src/app.ts`',
    proved: { [STRUCTURE]: [HOMES] },
  },
  {
    id: 'R-084',
    promise: 'what a session is',
    check: '`src/sessions/`; a test runs one session alone',
    proved: {
      [STRUCTURE]: [HOMES],
      'test/sessions/run-session.test.ts': [
        'a session that ends hands on its end, and every event is in the transcript',
      ],
    },
  },
  {
    id: 'R-085',
    promise: 'how SDK and MCP servers are set up',
    check: '`src/adapters/agents/`; the options of each role are written down in a test',
    proved: {
      [STRUCTURE]: [HOMES],
      'test/adapters/agents/options.test.ts': [
        'R-085 the options of a session of %s/%s',
        'R-071 R-085 the environment of a session is written down here, and holds the token of its wire alone',
      ],
    },
  },
  {
    id: 'R-086',
    promise: 'the policy of commands',
    check: '`src/safety/`',
    proved: {
      [STRUCTURE]: [HOMES],
      'test/safety/session-bash.test.ts': [
        'a refusal reaches the agent as the reason of a denial, and is told of once',
      ],
    },
  },
  {
    id: 'R-087',
    promise: 'how far it is',
    check: '`harness status` and `work` in the state file: the percentages are right',
    proved: {
      [RECORDED]: [
        'R-038 R-087 the status tells state, phase and items, for people and for programs',
      ],
      [CONFIGURED]: ['R-087 half of the items done is 50 %'],
    },
  },
  {
    id: 'R-088',
    promise: 'prompts are templates',
    check: '`src/prompts/`; a missing value is an error that names file and variable',
    proved: {
      [STRUCTURE]: [HOMES],
      'test/prompts/fill.test.ts': [
        'a name without a value is refused with its file and what is known: %s',
      ],
    },
  },
  {
    id: 'R-089',
    promise: 'the constants of Linear',
    check: 'one place in the tracker for Linear, with the original’s values',
    proved: { [STRUCTURE]: ['R-089 the constants of Linear are those of the original'] },
  },
  {
    id: 'R-090',
    promise: 'phases one after the other, with retries',
    check: 'a phase that fails twice and succeeds then has three attempts',
    proved: {
      [CONFIGURED]: ['R-090 a phase that fails twice and succeeds then has three attempts'],
    },
  },
  {
    id: 'R-091',
    promise: 'the state persists',
    check: '`src/engine/`; as R-005',
    proved: {
      [STRUCTURE]: [HOMES],
      'test/adapters/store/reopen.test.ts': [
        'a run opened again is the next generation of itself, with what was changed',
      ],
    },
  },
  {
    id: 'R-092',
    promise: 'parallel agents with an aggregation',
    check: 'no more at once than the cap says',
    proved: { [CONFIGURED]: ['R-092 a swarm of three with room for two has two at work'] },
  },
  {
    id: 'R-093',
    promise: 'the aggregation',
    check: 'a synthesis; where it fails, the labelled contributions',
    proved: {
      [PLANNING]: [
        'a swarm works side by side, and its synthesis is the document',
        'a failed synthesis leaves the contributions, labelled as unreconciled',
      ],
    },
  },
  {
    id: 'R-094',
    promise: 'errors are told apart and answered',
    check: 'a table of real errors: class, action, delay',
    proved: {
      'test/gateway/failures.test.ts': ['limits: %s'],
      'test/engine/decide.test.ts': ['what follows %s'],
    },
  },
  {
    id: 'R-095',
    promise: 'signs of life',
    check: 'the heartbeat in the state file moves; the work of a dead worker is taken over',
    proved: {
      [RECORDED]: ['R-057 R-095 the state file is whole at every look, and its heartbeat moves'],
      'test/chaos/host-died.test.ts': [
        'I6 I9 a run whose host died is shown as such, leaves nothing running, and goes on wherever a worker is',
      ],
    },
  },
  {
    id: 'R-096',
    promise: 'resuming',
    check: 'as R-037; the agent is told what was interrupted',
    proved: {
      'test/e2e/claude-session.test.ts': [
        'I6 a session whose process was killed goes on with its transcript and both prompts',
      ],
      'test/engine/interrupted.test.ts': [
        'I6 a stopped swarm keeps what its members gave, and only the missing one works again',
      ],
    },
  },
  {
    id: 'R-097',
    promise: 'a graceful end',
    check: 'SIGTERM: sessions end, work is rescued, exit 143, no process is left',
    proved: {
      'test/chaos/interrupted.test.ts': [
        'I1 I6 I9 at SIGTERM and at SIGINT a run keeps its work, ends its boxes, says so in this order, and can be resumed',
      ],
    },
  },
  {
    id: 'R-098',
    promise: 'seven phases with one interface',
    check: '`src/phases/`, a file for each',
    proved: { [STRUCTURE]: ['R-098 each phase is a file, and keeps the one interface'] },
  },
  {
    id: 'R-099',
    promise: 'trackers with one interface: Postgres, JSON, Linear',
    check: 'a port in `src/work/`, three adapters, one contract suite',
    proved: {
      'test/adapters/trackers/postgres.test.ts': ['the Postgres tracker'],
      'test/adapters/trackers/json.test.ts': ['the JSON tracker'],
      'test/adapters/trackers/linear/contract.test.ts': ['the Linear tracker'],
    },
  },
  {
    id: 'R-100',
    promise: 'the terminal',
    check: '`src/cli/`; the same run drives the interactive, the plain and the JSON output',
    proved: {
      'test/e2e/three-views.test.ts': [
        'R-035 R-058 R-059 R-100 R-143 R-145 a rehearsal of a typed idea is refused, approved, interrupted, gone on with and completed, and is the same run in the full screen, in lines and in JSON',
      ],
    },
  },
  {
    id: 'R-101',
    promise: 'the API hears of what a run asks',
    check: 'a question of a run is visible and can be answered over HTTP',
    proved: {
      'test/server/acting.test.ts': [
        'I12 R-101 an answer counts for the state it was given for, and once',
      ],
      'test/e2e/over-http.test.ts': [
        'R-101 over HTTP alone a project is made, run, answered, stopped and finished, beside another one',
      ],
    },
  },
  {
    id: 'R-102',
    promise: 'the API server',
    check: '`src/server/`; `/openapi.json` is valid and equal to the routes',
    proved: {
      'test/server/openapi.test.ts': [
        'R-102 the description is that of the sources; `npm run openapi` writes it',
        'R-102 every promised path is described and there',
      ],
    },
  },
  {
    id: 'R-103',
    promise: 'the configuration: YAML with variables, and a schema',
    check: '`${VAR}`, `${VAR:-d}`; a bad value with file, line and column; `config schema`',
    proved: {
      'test/config/errors.test.ts': [
        '%s gives %j',
        'all that is wrong is said at once, each with its line and a caret',
      ],
      'test/config/files.test.ts': ['the JSON Schema knows the file for editors'],
    },
  },
  {
    id: 'R-104',
    promise: 'the database layer',
    check: '`src/adapters/store/` and `migrations/`',
    proved: {
      [STRUCTURE]: [HOMES],
      'test/adapters/store/migrate.test.ts': ['migrations are applied once, in order, and counted'],
    },
  },
  {
    id: 'R-105',
    promise: '`orchestrator.yaml`, `docker-compose.yml`, `Dockerfile` at the root',
    check: 'they are there; the shipped configuration is valid',
    proved: {
      'test/containers/image.test.ts': [
        'R-105 the image is made in two stages from a base that can be chosen',
      ],
      'test/containers/compose.test.ts': ['has the version of the package'],
      'test/config/files.test.ts': [
        'orchestrator.yaml is valid, and differs from the defaults where it says so',
      ],
    },
  },
  {
    id: 'R-106',
    promise: 'prompts of demo mode: app_spec.txt, initializer_prompt.md, coding_prompt.md',
    check: 'the three are there and are those that are used',
    proved: {
      [STRUCTURE]: ['R-106 R-107 R-108 the prompts are files of their old names'],
      [PROMPTS]: [
        'in demo mode %s/%s has a prompt of its own',
        'every shipped prompt belongs to someone',
      ],
      'test/e2e/demo.test.ts': [
        'R-019 R-028 R-139 R-140 R-141 R-157 own prompts and specification, a cap of sessions, and on with it',
      ],
    },
  },
  {
    id: 'R-107',
    promise: 'prompts of ideation: one for a single agent, four for the swarm',
    check: 'single uses the first, the swarm the others',
    proved: {
      [STRUCTURE]: ['R-106 R-107 R-108 the prompts are files of their old names'],
      [PROMPTS]: [SHIPPED, 'every shipped prompt belongs to someone'],
    },
  },
  {
    id: 'R-108',
    promise: 'prompts of architecture and task breakdown',
    check: 'three roles, an aggregation and the breakdown: all used',
    proved: {
      [STRUCTURE]: ['R-106 R-107 R-108 the prompts are files of their old names'],
      [PROMPTS]: [SHIPPED, 'every shipped prompt belongs to someone'],
    },
  },
  {
    id: 'R-160',
    promise: 'MIT licence in `LICENSE`',
    check: 'the file at the root, and `license` of the package',
    proved: { [STRUCTURE]: ['R-160 the licence is MIT, in the file and in the package'] },
  },
];
