import type { Row } from '../row.ts';

const DEMO = 'test/e2e/demo.test.ts';
const LOCALLY =
  'R-002 R-021 R-026 R-030 R-032 R-033 R-034 R-153 R-156 R-158 an initializer and coders build an application, issue by issue';
const LINEAR = 'test/e2e/demo-linear.test.ts';
const IN_LINEAR =
  'R-009 R-023 R-024 R-025 R-029 R-030 R-032 R-033 R-034 the same through Linear: its own tools, its own states';
const CAPPED =
  'R-019 R-028 R-139 R-140 R-141 R-157 own prompts and specification, a cap of sessions, and on with it';
const BROWSER =
  'R-010 R-031 R-134 a coder looks at its page with ${}, and its screenshot is kept${}';
const FIFTY =
  'R-019 R-024 R-027 the fifty issues that the prompt asks for are made, and three sessions are three';
const EDITED = 'R-140 R-141 another application and another number, by the files that people edit';
const SESSIONS =
  'R-020 R-030 each request of demo mode names the model of --model, and an issue is In Progress before its session asks anything';

/** Demo mode: its commands and its way of working. */
export const DEMO_MODE: readonly Row[] = [
  {
    id: 'R-018',
    promise: '`harness demo --project-dir ./my_project` builds in that very folder',
    check: 'the files are in ./my_project itself',
    proved: { [DEMO]: [LOCALLY] },
  },
  {
    id: 'R-019',
    promise: '`--max-iterations N`: at most N sessions',
    check: 'exactly N sessions, exit 0, and how to go on',
    proved: { [DEMO]: [CAPPED, FIFTY] },
  },
  {
    id: 'R-020',
    promise: '`--model NAME` is the model of every session',
    check: 'each request for the model names it',
    proved: { 'test/e2e/demo-sessions.test.ts': [SESSIONS] },
  },
  {
    id: 'R-021',
    promise: 'the first session is the initializer',
    check: 'the first session of a fresh project has that role',
    proved: { [DEMO]: [CAPPED] },
  },
  {
    id: 'R-022',
    promise: 'the initializer reads `app_spec.txt`',
    check: 'a word planted in the specification reaches the model in the first session',
    proved: { [DEMO]: [CAPPED] },
  },
  {
    id: 'R-023',
    promise: 'it creates a project in Linear',
    check: 'there is exactly one',
    proved: { [LINEAR]: [IN_LINEAR] },
  },
  {
    id: 'R-024',
    promise: 'it creates 50 issues there',
    check: 'with the number 50: 50 issues and the META issue',
    proved: { [DEMO]: [FIFTY] },
  },
  {
    id: 'R-025',
    promise: 'an issue has a title such as "Auth - Login flow", a state and comments',
    check: 'titles "Area - feature", state Todo, a description',
    proved: {
      'test/demo/board.test.ts': [
        'R-024 R-025 issues become work items, the one about progress says what proves the whole',
      ],
      [LINEAR]: [IN_LINEAR],
    },
  },
  {
    id: 'R-026',
    promise: 'it sets up the structure of the project',
    check: 'the scaffold and `init.sh` are the first commit of an agent',
    proved: { [DEMO]: [LOCALLY] },
  },
  {
    id: 'R-027',
    promise: 'it writes `.linear_project.json`',
    check: 'initialized, team_id, project_id, meta_issue_id and total_issues are set',
    proved: {
      'test/demo/initialize.test.ts': [
        'R-021 R-026 R-027 the initializer’s issues become work items, and where they are is written down',
      ],
      [LINEAR]: [IN_LINEAR],
    },
  },
  {
    id: 'R-028',
    promise: 'all later sessions are coding agents',
    check: 'a second call of the same command starts no initializer',
    proved: { [DEMO]: [CAPPED] },
  },
  {
    id: 'R-029',
    promise: 'the issue of the highest priority that is Todo comes next',
    check: 'the lowest number among those that are Todo, none last',
    proved: {
      'test/contracts/tracker-items.ts': ['urgent first, none last'],
      'test/adapters/store/items.test.ts': [
        'items are claimed by priority, none last, then by key, and only when they are ready',
      ],
    },
  },
  {
    id: 'R-030',
    promise: 'the issue is claimed: Todo to In Progress',
    check: 'its state changes before the first tool call of the session',
    proved: { 'test/e2e/demo-sessions.test.ts': [SESSIONS] },
  },
  {
    id: 'R-031',
    promise: 'it is implemented and tried in a browser',
    check: 'calls of the browser between claim and Done',
    proved: {
      'test/e2e/browser.test.ts': [BROWSER],
      'test/e2e/demo-browser.test.ts': [
        'R-010 R-031 demo mode looks at its page with ${} between claim and Done, and keeps the picture${}',
      ],
    },
  },
  {
    id: 'R-032',
    promise: 'a comment says how it was implemented',
    check: 'it names files, checks and commit',
    proved: { [DEMO]: [LOCALLY], [LINEAR]: [IN_LINEAR] },
  },
  {
    id: 'R-033',
    promise: 'the issue is set to Done, by the harness after its own checks',
    check: 'In Progress to Done; a failing check leaves it open',
    proved: { [DEMO]: [LOCALLY], [LINEAR]: [IN_LINEAR] },
  },
  {
    id: 'R-034',
    promise: 'the META issue hears of each session',
    check: 'one comment a session on `[META] Project Progress Tracker`',
    proved: { [DEMO]: [LOCALLY], [LINEAR]: [IN_LINEAR] },
  },
  {
    id: 'R-140',
    promise: 'another application: edit `prompts/app_spec.txt`',
    check: 'with another specification the project is another',
    proved: { [DEMO]: [CAPPED, EDITED] },
  },
  {
    id: 'R-141',
    promise: 'another number of issues: edit it in `prompts/initializer_prompt.md`',
    check: 'set to N: N issues, `total_issues` N',
    proved: {
      [DEMO]: [CAPPED, EDITED],
      'test/demo/issue-count.test.ts': [
        'R-141 the number before the word "issues" counts, and can be replaced',
      ],
    },
  },
  {
    id: 'R-142',
    promise: 'the allow-list of commands can be edited',
    check: 'without `npm` in it `harness policy check "npm ci"` says deny',
    proved: {
      'test/requirements/examples.test.ts': [
        'R-142 a command that is taken from the table is denied',
      ],
    },
  },
  {
    id: 'R-156',
    promise: 'demo mode leaves `.linear_project.json`, `app_spec.txt` and `init.sh`',
    check: 'all three are there; `init.sh` can be executed and works',
    proved: { [DEMO]: [LOCALLY, CAPPED] },
  },
  {
    id: 'R-157',
    promise: 'demo mode shows `.claude_settings.json`, which is not the authority',
    check: 'it says what is in force; changing it changes nothing',
    proved: {
      'test/demo/project-files.test.ts': [
        'R-157 what is written down for the reader is what sessions get',
      ],
      [DEMO]: [CAPPED],
    },
  },
  {
    id: 'R-158',
    promise: 'demo mode leaves the code of the application',
    check: 'its own tests pass',
    proved: { [DEMO]: [LOCALLY] },
  },
];
