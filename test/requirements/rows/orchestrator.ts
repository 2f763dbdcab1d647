import type { Row } from '../row.ts';

const VIEWS = 'test/e2e/three-views.test.ts';
const ONE_RUN =
  'R-035 R-058 R-059 R-100 R-143 R-145 a rehearsal of a typed idea is refused, approved, interrupted, gone on with and completed, and is the same run in the full screen, in lines and in JSON';
const RECORDED = 'test/e2e/recorded.test.ts';
const SMALL = 'test/e2e/recorded-small.test.ts';
const CONFIGURED = 'test/engine/configured.test.ts';
const PLANNING = 'test/phases/planning.test.ts';
const PROMPTS = 'test/prompts/role-prompt.test.ts';
const DOCUMENTS =
  'R-045 R-046 R-047 each plan is committed, in the form of a swarm as of one agent';
const MADE_OF = 'R-046 R-047 each planning phase is told what the one before it wrote';
const SPECIALISTS =
  'R-053 R-054 R-055 R-056 the requirements hold what each specialist found, each heading once';
const SHOWN = 'R-053 R-054 R-055 each specialist is asked for what is its own';
const BEGINS =
  'R-037 R-038 R-039 R-044 R-051 without a configuration a run begins with the swarm of ideation, and the old flags show and stop it';

/** The orchestrator: its commands, its pipeline, its state. */
export const ORCHESTRATOR: readonly Row[] = [
  {
    id: 'R-035',
    promise: '`harness` alone is the interactive terminal',
    check: 'it asks what to build, starts it, and comes back to the prompt',
    proved: {
      [VIEWS]: [ONE_RUN],
    },
  },
  {
    id: 'R-036',
    promise: '`--config FILE` names the configuration',
    check: '`harness config show --config F` prints its values; a run obeys them',
    proved: {
      'test/cli/first-steps.test.ts': [
        'that is good is called so, and shown with the values of the file',
      ],
      [SMALL]: ['R-036 R-110 R-111 R-123 a run obeys the file that --config names'],
    },
  },
  {
    id: 'R-037',
    promise: '`harness --resume` goes on with a project at rest',
    check: 'parked, then `harness --resume`: it goes on from there, exit 0',
    proved: {
      [SMALL]: ['R-037 a run that its cap parked goes on with `harness --resume`'],
    },
  },
  {
    id: 'R-038',
    promise: '`harness --status` tells how a project stands',
    check: 'status, phase and items; `--json` can be read; without a project not 0',
    proved: {
      [RECORDED]: [
        'R-038 R-087 the status tells state, phase and items, for people and for programs',
      ],
      'test/cli/first-steps.test.ts': [
        'nothing is known where nothing ever ran, and no server is started to find out',
      ],
    },
  },
  {
    id: 'R-039',
    promise: '`harness --stop` ends a run gracefully',
    check: 'from a second terminal: stopped, its work rescued, resumable',
    proved: {
      'test/e2e/other-process.test.ts': [
        'another process sees the run, a second run is refused, and stop ends it within ten seconds',
      ],
      'test/chaos/stop.test.ts': [
        'I6 I9 a run is stopped from elsewhere, also while it waits, and resumed; two runs at once are refused',
      ],
      [SMALL]: [BEGINS],
    },
  },
  {
    id: 'R-040',
    promise: '`harness --api --port N` serves the API',
    check: '`/health` answers 200 there',
    proved: { 'test/cli/serve-command.test.ts': ['R-040 R-075 %s'] },
  },
  {
    id: 'R-041',
    promise: '`--idea-file FILE --no-interactive` asks nobody',
    check: 'a rehearsal without a standard input asks nothing and finishes',
    proved: {
      [RECORDED]: [
        'R-003 R-013 R-041 a fresh copy is installed and rehearsed by two commands, with nobody to ask',
      ],
    },
  },
  {
    id: 'R-042',
    promise:
      'phases in order: ideation, architecture, task_breakdown, initialize, implement, testing, deploy',
    check: 'they start in that order',
    proved: { [RECORDED]: ['R-004 R-042 the seven phases run in their order, and all complete'] },
  },
  {
    id: 'R-043',
    promise: 'a pause between phases is optional',
    check: 'each `checkpoint_pause`, on and off, decides whether the run waits',
    proved: {
      [CONFIGURED]: [
        'R-043 R-113 R-116 a run waits after a planning phase only with its pause, and only with autonomy checkpoint',
      ],
    },
  },
  {
    id: 'R-044',
    promise: 'the planning phases are on by default',
    check: 'without a configuration the first phase that starts is ideation',
    proved: {
      [SMALL]: [BEGINS],
    },
  },
  {
    id: 'R-045',
    promise: 'ideation writes `PRPs/plans/requirements.md`',
    check: 'it is committed, by one agent and by a swarm',
    proved: { [RECORDED]: [DOCUMENTS], [SMALL]: ['R-045 R-049 one agent writes each plan'] },
  },
  {
    id: 'R-046',
    promise: 'architecture writes `PRPs/plans/architecture.md`',
    check: 'the same; its prompt held the requirements',
    proved: {
      [RECORDED]: [DOCUMENTS],
      [SMALL]: ['R-045 R-049 one agent writes each plan'],
      [CONFIGURED]: [MADE_OF],
    },
  },
  {
    id: 'R-047',
    promise: 'task breakdown writes `PRPs/plans/tasks.md`',
    check: 'the same; its prompt held the architecture',
    proved: {
      [RECORDED]: [DOCUMENTS],
      [SMALL]: ['R-045 R-049 one agent writes each plan'],
      [CONFIGURED]: [MADE_OF],
    },
  },
  {
    id: 'R-048',
    promise: 'initialize and implement carry out the tasks',
    check: 'each task is one work item; all are done in the end',
    proved: { [RECORDED]: ['R-048 each task of the plan is one work item, and all are done'] },
  },
  {
    id: 'R-049',
    promise: 'pattern `single`: one agent for a phase',
    check: 'one session in that phase',
    proved: { [SMALL]: ['R-045 R-049 one agent writes each plan'] },
  },
  {
    id: 'R-050',
    promise: 'pattern `swarm`: several agents side by side, then an aggregation',
    check: 'three sessions of specialists, then one synthesis',
    proved: {
      [RECORDED]: [
        'R-050 R-051 ideation and architecture are three specialists and a synthesis, and no other phase is',
      ],
      [PLANNING]: ['a swarm works side by side, and its synthesis is the document'],
    },
  },
  {
    id: 'R-051',
    promise: 'ideation and architecture are swarms by default',
    check: 'both are, and no other phase',
    proved: {
      [RECORDED]: [
        'R-050 R-051 ideation and architecture are three specialists and a synthesis, and no other phase is',
      ],
      [SMALL]: [BEGINS],
    },
  },
  {
    id: 'R-052',
    promise: 'ideation has three specialists at work at once',
    check: 'they overlap; one that fails does not fail the phase',
    proved: {
      [RECORDED]: ['R-006 R-052 the three specialists of ideation work at the same time'],
      [PLANNING]: ['a swarm that lost some of its members goes on with the others'],
    },
  },
  {
    id: 'R-053',
    promise: 'a specialist of user requirements: personas, stories, journeys',
    check: 'its prompt asks for them; the result has them',
    proved: { [RECORDED]: [SPECIALISTS], [PROMPTS]: [SHOWN] },
  },
  {
    id: 'R-054',
    promise: 'a specialist of technical feasibility: stack, integrations, security',
    check: 'its prompt asks for them; the result has them',
    proved: { [RECORDED]: [SPECIALISTS], [PROMPTS]: [SHOWN] },
  },
  {
    id: 'R-055',
    promise: 'a specialist of edge cases: errors, failures, accessibility',
    check: 'its prompt asks for them; the result has them',
    proved: { [RECORDED]: [SPECIALISTS], [PROMPTS]: [SHOWN] },
  },
  {
    id: 'R-056',
    promise: 'their results become one document',
    check: 'a mark of each is in it; no heading comes three times',
    proved: { [RECORDED]: [SPECIALISTS] },
  },
  {
    id: 'R-057',
    promise: 'the state is in `.orchestrator_state.json`',
    check: 'it is whole and of the promised form at every look',
    proved: {
      [RECORDED]: ['R-057 R-095 the state file is whole at every look, and its heartbeat moves'],
      'test/delivery/snapshot.test.ts': [
        'I6 a reader sees the old snapshot or the new one, never half of one',
      ],
    },
  },
  {
    id: 'R-058',
    promise: 'a run that was interrupted can be resumed',
    check: 'ESC, Ctrl+C, SIGTERM and `kill -9` alike',
    proved: {
      [VIEWS]: [ONE_RUN],
      'test/e2e/prompt.test.ts': [
        'R-058 R-144 R-145 R-147 a pasted idea is edited before it is approved, left in the middle of a command by Ctrl+C and by /quit, and finished by the prompts after',
      ],
      'test/chaos/interrupted.test.ts': [
        'I1 I6 I9 at SIGTERM and at SIGINT a run keeps its work, ends its boxes, says so in this order, and can be resumed',
      ],
      'test/chaos/kill-anywhere.test.ts': [
        'I1 I2 I6 I10 I11 killed when ${}, a run ends as if undisturbed',
      ],
    },
  },
  {
    id: 'R-059',
    promise: 'a checkpoint waits for the person',
    check: 'no session runs; it survives the process; `approve` lets it go on',
    proved: {
      'test/e2e/approvals.test.ts': [
        'a run waits at each checkpoint; a refusal runs the phase again with its reason, an edit replaces the document; I12 what was changed since is not answered',
      ],
      'test/chaos/stop.test.ts': [
        'I6 I9 a run is stopped from elsewhere, also while it waits, and resumed; two runs at once are refused',
      ],
    },
  },
];
