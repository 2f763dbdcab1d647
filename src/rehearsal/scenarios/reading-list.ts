import type { DeploySettings } from '../../domain/run.ts';
import {
  always,
  answer,
  bash,
  report,
  say,
  together,
  write,
  type PlanAnswer,
  type Scenario,
  type Script,
} from '../script.ts';
import { openExample, type Example } from './example.ts';
import { codersOf } from './reading-list-coders.ts';
import { READING_LIST_PLAN } from './reading-list-plan.ts';

/**
 * The built-in scenario: a shared reading list with an HTTP API, a page and a JSON file, as it
 * stands in `examples/reading-list`. Ten items, four of which can be built at once from the start,
 * and one of each fault.
 */
export function readingList(): Scenario {
  const example = openExample('reading-list');
  const coders = codersOf(example);
  return {
    name: 'reading-list',
    idea: example.idea,
    plan: {
      summary:
        'Four independent parts (server, store, validation, search), then the API on top of them, ' +
        'then tags, feed and page side by side, then README and deploy.',
      projectCheck: 'npm test',
      spoil: withCycle,
    },
    roles: { ...documents(example), 'initialize/initializer': scaffold(example), ...TESTING },
    items: READING_LIST_PLAN.map((item) => Object.assign({}, item, coders[item.key])),
    deploy: INTO_THE_PROJECT,
  };
}

const DEPLOY_DIR = 'DEPLOY_DIR="$HARNESS_PROJECT/.harness/deployed"';

/** A rehearsal leaves nothing outside its own folder. */
const INTO_THE_PROJECT: DeploySettings = {
  target: 'command',
  command: `${DEPLOY_DIR} sh deploy.sh`,
  probe: `${DEPLOY_DIR} sh smoke.sh`,
  rollback: null,
  // It installs a release beside the last one and switches by a rename.
  repeatable: true,
  timeoutMs: 120_000,
};

/** The planner's slip: the API waits for the page that waits for the API. */
function withCycle(plan: PlanAnswer): PlanAnswer {
  return {
    ...plan,
    items: plan.items.map((item) =>
      item.key === 'API-1' ? { ...item, dependencies: [...item.dependencies, 'PAGE-1'] } : item,
    ),
  };
}

const DOCUMENTS = {
  'ideation/user_requirements': 'ideation/user_requirements',
  'ideation/technical_feasibility': 'ideation/technical_feasibility',
  'ideation/edge_cases': 'ideation/edge_cases',
  'ideation/synthesis': 'ideation/synthesis',
  'ideation/brainstorm': 'ideation/synthesis',
  'architecture/system_design': 'architecture/system_design',
  'architecture/data_models': 'architecture/data_models',
  'architecture/api_design': 'architecture/api_design',
  'architecture/synthesis': 'architecture/synthesis',
  'architecture/architect': 'architecture/synthesis',
};

function documents(example: Example): Record<string, Script> {
  return Object.fromEntries(
    Object.entries(DOCUMENTS).map(([role, name]) => [role, always(say(example.document(name)))]),
  );
}

/** npm leaves files of this name out of packages, so it is not among the example's. */
export const GITIGNORE = 'data/\nnode_modules/\n';

function scaffold({ files }: Example): Script {
  return always(
    together(
      say('A package without dependencies, a script that checks the tools, and a first test.'),
      write('.gitignore', GITIGNORE),
      ...files('package.json', 'init.sh', 'test/scaffold.test.js'),
      bash('chmod +x init.sh'),
      bash('npm test'),
    ),
    report('complete', 'The scaffold is there and npm test is green.'),
  );
}

const TESTING: Record<string, Script> = {
  'testing/tester': always(
    bash('node scripts/smoke.js'),
    answer({
      summary:
        'The program starts, answers on /health, saves a link and serves its page; installing it twice keeps the links.',
      findings: [
        {
          severity: 'low',
          title: 'The list shows the first 100 links only',
          detail: 'The API can give more by offset, the page has no button for it.',
        },
      ],
      checks: [
        'sh init.sh',
        'target=$(mktemp -d) && sh deploy.sh "$target" && sh smoke.sh "$target" && rm -rf "$target"',
      ],
    }),
  ),
};
