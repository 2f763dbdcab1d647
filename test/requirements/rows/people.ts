import type { Row } from '../row.ts';

const DEMO = 'test/e2e/demo.test.ts';
const STEPS = 'test/cli/first-steps.test.ts';
const VIEWS = 'test/e2e/three-views.test.ts';
const ONE_RUN =
  'R-035 R-058 R-059 R-100 R-143 R-145 a rehearsal of a typed idea is refused, approved, interrupted, gone on with and completed, and is the same run in the full screen, in lines and in JSON';
const RECORDED = 'test/e2e/recorded.test.ts';

/** Keys, messages and the files that are left. */
export const PEOPLE: readonly Row[] = [
  {
    id: 'R-143',
    promise: 'ESC interrupts what is under way and gives the prompt back',
    check: 'within a second while a tool runs; the session is ended, its work kept',
    proved: {
      [VIEWS]: [ONE_RUN],
    },
  },
  {
    id: 'R-144',
    promise: 'Ctrl+C does the same, and does not exit',
    check: 'the same; the process lives',
    proved: {
      'test/e2e/prompt.test.ts': [
        'R-058 R-144 R-145 R-147 a pasted idea is edited before it is approved, left in the middle of a command by Ctrl+C and by /quit, and finished by the prompts after',
      ],
      'test/e2e/prompt-ends.test.ts': ['R-144 Ctrl+C does not leave, a second one does, with 130'],
      'test/cli/interactive/press.test.ts': [
        'R-144 Ctrl+C interrupts and does not leave; the next one leaves, with the run to be resumed',
      ],
    },
  },
  {
    id: 'R-145',
    promise: 'Enter goes on after an interruption',
    check: 'the run goes on where it was interrupted',
    proved: {
      [VIEWS]: [ONE_RUN],
    },
  },
  {
    id: 'R-146',
    promise: '`/new` begins another project',
    check: 'it asks for an idea; the old one stays listed and resumable',
    proved: {
      'test/e2e/prompt.test.ts': [
        'R-146 R-148 /stop ends a run that waits and calls off one that begins, /new leaves it listed, and /resume goes on with it',
      ],
    },
  },
  {
    id: 'R-147',
    promise: '`/quit` and `/exit` leave',
    check: 'exit 0, no process is left',
    proved: {
      'test/e2e/prompt.test.ts': [
        'R-058 R-144 R-145 R-147 a pasted idea is edited before it is approved, left in the middle of a command by Ctrl+C and by /quit, and finished by the prompts after',
      ],
      'test/e2e/prompt-ends.test.ts': [
        'R-147 R-149 lists its commands, completes them, and leaves with /quit and no process behind',
      ],
    },
  },
  {
    id: 'R-148',
    promise: '`/stop` ends the current project gracefully',
    check: 'as R-039 from inside',
    proved: {
      'test/e2e/prompt.test.ts': [
        'R-146 R-148 /stop ends a run that waits and calls off one that begins, /new leaves it listed, and /resume goes on with it',
      ],
    },
  },
  {
    id: 'R-149',
    promise: '`/help` lists the commands',
    check: 'all of these',
    proved: {
      'test/e2e/prompt-ends.test.ts': [
        'R-147 R-149 lists its commands, completes them, and leaves with /quit and no process behind',
      ],
      'test/cli/interactive/slash.test.ts': [
        'R-146 R-147 R-148 R-149 help lists all commands, those of the original first of all',
      ],
    },
  },
  {
    id: 'R-150',
    promise: 'a missing credential is named with its remedy',
    check: 'exit 4; both names and `claude setup-token`',
    proved: {
      [STEPS]: [
        'R-150 without a credential a run ends with 4 and names both variables and the remedy',
      ],
    },
  },
  {
    id: 'R-151',
    promise: 'a missing key for Linear is named with its remedy',
    check: 'exit 4; the name and where to make one',
    proved: {
      'test/e2e/linear.test.ts': [
        'without a key a run in Linear ends with status 4 and says where to make one',
      ],
    },
  },
  {
    id: 'R-152',
    promise: 'a missing `DATABASE_URL` is named with its remedies',
    check: '`harness worker` without one: exit 2, both remedies',
    proved: { [STEPS]: ['R-152 a worker without a database names both remedies'] },
  },
  {
    id: 'R-153',
    promise: 'the first session of demo mode shows that it works',
    check: 'lines `[Tool: NAME]` and n/N',
    proved: {
      [DEMO]: [
        'R-002 R-021 R-026 R-030 R-032 R-033 R-034 R-153 R-156 R-158 an initializer and coders build an application, issue by issue',
        'R-019 R-028 R-139 R-140 R-141 R-157 own prompts and specification, a cap of sessions, and on with it',
      ],
    },
  },
  {
    id: 'R-154',
    promise: 'a refused command is told with how to allow it',
    check: 'command, rule and setting, to the agent and in the events',
    proved: {
      'test/engine/items-under-way.test.ts': [
        'R-154 an item whose agent is refused the same three times is blocked at once, with rule and setting',
      ],
      'test/e2e/claude-ends.test.ts': [
        'R-154 a session that asks for the same refused command three times is ended, and says by which rule',
      ],
    },
  },
  {
    id: 'R-155',
    promise: 'an MCP server that can’t be reached is named, with what to check',
    check: 'refused or down: that message, and the run is not green',
    proved: {
      'test/e2e/demo-linear.test.ts': [
        'R-155 a server that refuses the key is named, and nothing is green',
      ],
      'test/demo/tracker-server.test.ts': ['R-155 so is one that is down'],
      'test/gateway/mcp/mcp.test.ts': [
        'R-155 a server that refuses ends the start of the session with its name and what to check',
      ],
    },
  },
  {
    id: 'R-159',
    promise: 'the orchestrator leaves its state file, three documents and the application',
    check: 'all are there after a rehearsal; its tests pass, git is clean',
    proved: {
      [RECORDED]: [
        'R-159 the state file, the documents and a tested application are left, and git is clean',
      ],
    },
  },
];
