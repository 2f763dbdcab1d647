import type { Row } from '../row.ts';

const SMALL = 'test/e2e/recorded-small.test.ts';
const RECORDED = 'test/e2e/recorded.test.ts';
const CONFIGURED = 'test/engine/configured.test.ts';
const KEYS = 'test/config/keys.test.ts';
const PAUSES =
  'R-043 R-113 R-116 a run waits after a planning phase only with its pause, and only with autonomy checkpoint';
const DEFAULTS = 'R-119 R-120 R-121 the defaults of the phases';

/** Keys of the configuration: each does what it says. */
export const CONFIGURATION: readonly Row[] = [
  {
    id: 'R-109',
    promise: 'the orchestrator is configured by `orchestrator.yaml`',
    check: 'the sample of the first version is valid',
    proved: { 'test/config/files.test.ts': ['R-109 the sample of the first version is valid'] },
  },
  {
    id: 'R-110',
    promise: '`project.name`',
    check: 'shown by status; 0 and 256 characters are refused',
    proved: {
      [KEYS]: ['R-110 a project has a name of 1 to 255 characters'],
      [SMALL]: ['R-036 R-110 R-111 R-123 a run obeys the file that --config names'],
    },
  },
  {
    id: 'R-111',
    promise: '`project.directory`',
    check: 'the project is made there',
    proved: { [SMALL]: ['R-036 R-110 R-111 R-123 a run obeys the file that --config names'] },
  },
  {
    id: 'R-112',
    promise: '`backend.type`: postgres, json, linear',
    check: 'a rehearsal with each leaves its items in that tracker',
    proved: {
      'test/e2e/rehearse.test.ts': [
        'a rehearsal builds a tested application, catches every planted fault, and starts over when it is repeated',
      ],
      'test/e2e/linear.test.ts': [
        'a rehearsal leaves its items in Linear, told while it runs, each once, and hears what people change there',
      ],
      [SMALL]: ['R-112 the items are in the file with backend json, and there is none without'],
    },
  },
  {
    id: 'R-113',
    promise: '`autonomy`: full, checkpoint',
    check: 'full never waits for a phase; checkpoint waits where `checkpoint_pause` is set',
    proved: { [CONFIGURED]: [PAUSES] },
  },
  {
    id: 'R-114',
    promise: '`phases.X.enabled`',
    check: 'false: the phase is skipped and the next one still has its input',
    proved: {
      [CONFIGURED]: ['R-114 a phase that is off is skipped, and the next one still has its input'],
    },
  },
  {
    id: 'R-115',
    promise: '`phases.X.pattern`: swarm, single',
    check: 'three sessions and a synthesis, or one',
    proved: {
      [CONFIGURED]: [
        'R-115 %s has three specialists and a synthesis as a swarm, one agent as single',
      ],
    },
  },
  {
    id: 'R-116',
    promise: '`phases.X.checkpoint_pause`',
    check: 'true: an approval is asked for after the phase',
    proved: { [CONFIGURED]: [PAUSES] },
  },
  {
    id: 'R-117',
    promise: '`phases.X.max_retries`',
    check: 'a phase that always fails has one attempt more than that, then it has failed',
    proved: {
      [CONFIGURED]: ['R-117 a phase that always fails has %i retries, and has failed then'],
    },
  },
  {
    id: 'R-118',
    promise: '`phases.X.timeout_minutes`',
    check: 'a phase that hangs is timed out, and its sessions are gone',
    proved: { [CONFIGURED]: ['R-118 a phase that hangs is timed out, and its session with it'] },
  },
  {
    id: 'R-119',
    promise: 'ideation and architecture: on, swarm, pause; task_breakdown: on, single, pause',
    check: 'the defaults',
    proved: { [KEYS]: [DEFAULTS] },
  },
  {
    id: 'R-120',
    promise: 'initialize: single, no pause; implement: single, no pause, 5 retries, 240 minutes',
    check: 'the defaults',
    proved: { [KEYS]: [DEFAULTS] },
  },
  {
    id: 'R-121',
    promise: 'testing and deploy: off, single',
    check: 'the defaults; each runs where it is on',
    proved: {
      [KEYS]: [DEFAULTS],
      [RECORDED]: ['R-004 R-042 the seven phases run in their order, and all complete'],
    },
  },
  {
    id: 'R-122',
    promise: '`agent.model`',
    check: 'the model in requests, without flag and variable',
    proved: { [SMALL]: ['R-122 the model is that of the file, until a flag names another'] },
  },
  {
    id: 'R-123',
    promise: '`agent.max_sessions`',
    check: 'as R-081, from the file',
    proved: { [SMALL]: ['R-036 R-110 R-111 R-123 a run obeys the file that --config names'] },
  },
  {
    id: 'R-124',
    promise: '`agent.session_timeout_minutes`',
    check: 'a session that takes longer is timed out; its item is free again',
    proved: {
      [CONFIGURED]: [
        'R-124 a session beyond its time is timed out, and its item is done by the next',
      ],
    },
  },
  {
    id: 'R-125',
    promise: '`error_recovery.max_consecutive_errors`',
    check: 'three equal errors pause the run; `harness why` names them',
    proved: {
      [CONFIGURED]: ['R-125 three errors in a row pause the run, and the reason names them'],
    },
  },
  {
    id: 'R-126',
    promise: '`error_recovery.stall_timeout_minutes`',
    check: 'a silent session is stalled, ended and its work rescued; a long tool is no silence',
    proved: {
      [CONFIGURED]: ['R-126 a silent session has stalled, and its work is kept'],
      'test/sessions/run-session.test.ts': [
        'silence of agent and gateway is a stall, told with what it last did',
        'a running tool is no stall, the silence after it is',
      ],
    },
  },
  {
    id: 'R-127',
    promise: '`error_recovery.retry_delay_seconds`',
    check: 'the rule gives 5 s; with 0.2 s the next attempt begins 0.2 s later or more',
    proved: {
      [CONFIGURED]: ['R-127 the first retry comes after the delay that is set, 5 s as shipped'],
      'test/engine/phases-under-way.test.ts': [
        'I6 a phase that fails is tried again at stored times, each wait twice the last',
      ],
    },
  },
];
