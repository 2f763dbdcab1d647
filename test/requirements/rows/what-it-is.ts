import type { Row } from '../row.ts';

const RECORDED = 'test/e2e/recorded.test.ts';
const SMALL = 'test/e2e/recorded-small.test.ts';

/** What it is, and what it needs. */
export const WHAT_IT_IS: readonly Row[] = [
  {
    id: 'R-001',
    promise: 'runs autonomous coding agents with the Claude Agent SDK',
    check: 'the SDK is a dependency; a rehearsal starts the program that comes with it',
    proved: {
      [RECORDED]: ['R-001 the sessions are those of the program that the SDK brings'],
      'test/adapters/agents/claude-executable.test.ts': [
        'the CLI that is found is the one the SDK was made for',
      ],
    },
  },
  {
    id: 'R-002',
    promise: 'demo mode: a simple pattern of two agents with issues in a tracker',
    check: '`harness demo` exits 0',
    proved: {
      'test/e2e/demo.test.ts': [
        'R-002 R-021 R-026 R-030 R-032 R-033 R-034 R-153 R-156 R-158 an initializer and coders build an application, issue by issue',
      ],
    },
  },
  {
    id: 'R-003',
    promise: 'orchestrator: a pipeline of phases with state, swarm and several trackers',
    check: 'a whole rehearsal exits 0',
    proved: {
      [RECORDED]: [
        'R-003 R-013 R-041 a fresh copy is installed and rehearsed by two commands, with nobody to ask',
      ],
    },
  },
  {
    id: 'R-004',
    promise: 'phases for ideation, architecture, breakdown, implementation, testing, deployment',
    check: 'seven phases end as completed',
    proved: { [RECORDED]: ['R-004 R-042 the seven phases run in their order, and all complete'] },
  },
  {
    id: 'R-005',
    promise: 'state persists: a crash anywhere is recovered from',
    check: 'killed at many instants and resumed: exit 0, nothing done twice',
    proved: {
      'test/chaos/kill-anywhere.test.ts': [
        'I6 every instant was struck, where its name says',
        'I1 I2 I6 I10 I11 killed when ${}, a run ends as if undisturbed',
      ],
      'test/chaos/database-killed.test.ts': [
        'I1 I2 I6 I10 I11 a run goes on by itself when its database server is killed, twice',
      ],
    },
  },
  {
    id: 'R-006',
    promise: 'several agents at once in the planning phases',
    check: 'the three sessions of ideation overlap',
    proved: {
      [RECORDED]: ['R-006 R-052 the three specialists of ideation work at the same time'],
    },
  },
  {
    id: 'R-007',
    promise: 'work items in Postgres, a JSON file or Linear',
    check: 'one contract suite holds for all three; a rehearsal with each leaves its items there',
    proved: {
      'test/adapters/trackers/postgres.test.ts': ['the Postgres tracker'],
      'test/adapters/trackers/json.test.ts': ['the JSON tracker'],
      'test/adapters/trackers/linear/contract.test.ts': ['the Linear tracker'],
      'test/e2e/rehearse.test.ts': [
        'a rehearsal builds a tested application, catches every planted fault, and starts over when it is repeated',
      ],
      'test/e2e/linear.test.ts': [
        'a rehearsal leaves its items in Linear, told while it runs, each once, and hears what people change there',
      ],
    },
  },
  {
    id: 'R-008',
    promise: 'containers that are ready to deploy',
    check:
      'the compose file is valid, the image builds, answers its health check, rehearses inside',
    proved: {
      'test/image/image.test.ts': [
        'R-008 R-040 it serves: its health check is well, /health answers 200, a stop ends it with 143',
        'R-008 a rehearsal runs in it, sealed; a stop of the container ends it with 143, and it goes on',
      ],
      'test/containers/compose.test.ts': ['profiles'],
    },
  },
  {
    id: 'R-009',
    promise: 'what happens is visible in Linear while it happens',
    check: 'claims, comments and ends arrive during the run',
    proved: {
      'test/e2e/linear.test.ts': [
        'a rehearsal leaves its items in Linear, told while it runs, each once, and hears what people change there',
      ],
    },
  },
  {
    id: 'R-010',
    promise: 'agents look at what they built in a browser, Puppeteer by its MCP server',
    check: 'a session with `browser.server: puppeteer` opens a page; its picture is kept',
    proved: {
      'test/e2e/browser.test.ts': [
        'R-010 R-031 R-134 a coder looks at its page with ${}, and its screenshot is kept${}',
      ],
      'test/engine/session-tools.test.ts': [
        'R-010 what a session photographed is kept beside the project, and is an event',
      ],
    },
  },
  {
    id: 'R-011',
    promise: 'defence in depth: a sandbox and an allow-list of commands',
    check: 'the security suite is green; the break-out attempts of `harness doctor` all fail',
    proved: {
      'test/safety/self-test.test.ts': [
        'I8 the self-test finds no way out of the sealed box',
        'I8 without a box the same self-test finds every wall open that this machine leaves open',
      ],
      'test/security/conformance.test.ts': [
        'I8 no probe gets out that gets through without a box (seed ${}${})',
      ],
    },
  },
  {
    id: 'R-012',
    promise: 'the agent program, current; it comes with the SDK',
    check: 'after `npm ci`, `harness doctor` prints its version',
    proved: {
      [SMALL]: [
        'R-012 R-014 R-017 doctor names the versions of program and SDK, and either credential will do',
      ],
    },
  },
  {
    id: 'R-013',
    promise: 'dependencies in one command: `npm ci`',
    check: 'in a fresh copy `npm ci && npm run rehearse` exits 0',
    proved: {
      [RECORDED]: [
        'R-003 R-013 R-041 a fresh copy is installed and rehearsed by two commands, with nobody to ask',
      ],
    },
  },
  {
    id: 'R-014',
    promise: '`CLAUDE_CODE_OAUTH_TOKEN` or `ANTHROPIC_API_KEY`; neither for a rehearsal',
    check: 'without one a run exits 4; with either it may start',
    proved: {
      'test/cli/first-steps.test.ts': [
        'R-150 without a credential a run ends with 4 and names both variables and the remedy',
      ],
      [SMALL]: [
        'R-012 R-014 R-017 doctor names the versions of program and SDK, and either credential will do',
      ],
    },
  },
  {
    id: 'R-015',
    promise: '`LINEAR_API_KEY` is needed for Linear only',
    check: 'unset: runs with json and postgres work, one with Linear exits 4',
    proved: {
      'test/e2e/linear.test.ts': [
        'without a key a run in Linear ends with status 4 and says where to make one',
      ],
      'test/e2e/rehearse.test.ts': [
        'a rehearsal builds a tested application, catches every planted fault, and starts over when it is repeated',
      ],
    },
  },
  {
    id: 'R-016',
    promise: '`DATABASE_URL` is optional',
    check: 'unset: a server of its own; set: the rows are on that server',
    proved: {
      [RECORDED]: ['R-016 without DATABASE_URL it brings its own database'],
      [SMALL]: [
        'R-016 R-073 with DATABASE_URL the rows are on that server, whose password is never said',
      ],
    },
  },
  {
    id: 'R-017',
    promise: 'whether it is installed can be asked: `harness doctor`',
    check: 'prints the versions of program and SDK, exits 0',
    proved: {
      [SMALL]: [
        'R-012 R-014 R-017 doctor names the versions of program and SDK, and either credential will do',
      ],
    },
  },
];
