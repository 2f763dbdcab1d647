import type { Mutation } from '../mutation.ts';

const CONFIGURED = 'test/engine/configured.test.ts';
const PLANNING = 'test/phases/planning.test.ts';
const PROMPTS = 'test/prompts/role-prompt.test.ts';
const PRECEDENCE = 'test/config/precedence.test.ts';
const COMPOSE = 'test/containers/compose.test.ts';
const OPTIONS = 'test/adapters/agents/options.test.ts';
const SPECIALIST = 'R-053 R-054 R-055 each specialist is asked for what is its own';

/** Of what it is made of. */
export const OF_PARTS: readonly Mutation[] = [
  {
    row: 'R-025',
    file: 'src/domain/demo.ts',
    text: "startsWith('[META]')",
    instead: "startsWith('[NONE]')",
    test: 'test/demo/board.test.ts',
    title:
      'R-024 R-025 issues become work items, the one about progress says what proves the whole',
  },
  {
    row: 'R-027',
    file: 'src/demo/project-files.ts',
    text: 'total_issues: facts.issues,',
    instead: 'total_issues: 0,',
    test: 'test/demo/initialize.test.ts',
    title:
      'R-021 R-026 R-027 the initializer’s issues become work items, and where they are is written down',
  },
  {
    row: 'R-043',
    file: 'src/engine/decide.ts',
    text: "run.settings.autonomy === 'checkpoint' && run",
    instead: 'run',
    test: CONFIGURED,
    title:
      'R-043 R-113 R-116 a run waits after a planning phase only with its pause, and only with autonomy checkpoint',
  },
  {
    row: 'R-046',
    file: 'prompts/architecture/design.md',
    text: '{{requirements}}',
    instead: '',
    test: CONFIGURED,
    title: 'R-046 R-047 each planning phase is told what the one before it wrote',
  },
  {
    row: 'R-047',
    file: 'prompts/task_breakdown/decompose.md',
    text: '{{architecture}}',
    instead: '',
    test: CONFIGURED,
    title: 'R-046 R-047 each planning phase is told what the one before it wrote',
  },
  {
    row: 'R-050',
    file: 'src/phases/planning.ts',
    text: "pattern === 'swarm'",
    instead: "pattern === 'single'",
    test: PLANNING,
    title: 'a swarm works side by side, and its synthesis is the document',
  },
  {
    row: 'R-052',
    file: 'src/phases/planning.ts',
    text: "if (!ends.some((end) => end.status === 'succeeded')) return endOfFailed(ends);",
    instead: "if (!ends.every((end) => end.status === 'succeeded')) return endOfFailed(ends);",
    test: PLANNING,
    title: 'a swarm that lost some of its members goes on with the others',
  },
  {
    row: 'R-053',
    file: 'prompts/ideation/brainstorm_user.md',
    text: '**Personas**',
    instead: '**People**',
    test: PROMPTS,
    title: SPECIALIST,
  },
  {
    row: 'R-054',
    file: 'prompts/ideation/brainstorm_technical.md',
    text: '**Security and privacy**',
    instead: '**Privacy**',
    test: PROMPTS,
    title: SPECIALIST,
  },
  {
    row: 'R-055',
    file: 'prompts/ideation/brainstorm_edge_cases.md',
    text: '**Accessibility**',
    instead: '**Comfort**',
    test: PROMPTS,
    title: SPECIALIST,
  },
  {
    row: 'R-062',
    file: 'docker-compose.yml',
    text: 'container_name: harness_db_dev',
    instead: 'container_name: harness_dev',
    test: COMPOSE,
    title: 'R-062 dev-db: only harness_db_dev, by the name postgres-dev',
  },
  {
    row: 'R-065',
    file: 'docker-compose.yml',
    text: 'name: coding-agent-harness-data',
    instead: 'name: harness-data',
    test: COMPOSE,
    title: "R-065 the volume coding-agent-harness-data holds what the image's PGDATA names",
  },
  {
    row: 'R-070',
    file: '.env.example',
    text: '#AGENT_MODEL=',
    instead: '#AGENT_MODELS=',
    test: 'test/config/files.test.ts',
    title: 'R-070 .env.example names every variable, and a copy changes nothing',
  },
  {
    row: 'R-071',
    file: 'src/adapters/agents/claude/options.ts',
    text: "? 'CLAUDE_CODE_OAUTH_TOKEN' : 'ANTHROPIC_API_KEY'",
    instead: "? 'ANTHROPIC_API_KEY' : 'ANTHROPIC_API_KEY'",
    test: OPTIONS,
    title:
      'R-071 R-085 the environment of a session is written down here, and holds the token of its wire alone',
  },
  {
    row: 'R-074',
    file: 'src/config/environment.ts',
    text: "default('./workspaces')",
    instead: "default('./projects')",
    test: PRECEDENCE,
    title: 'R-074 else a folder of its name in WORKSPACE_PATH, ./workspaces unless set',
  },
  {
    row: 'R-075',
    file: 'src/config/environment.ts',
    text: 'default(8080)',
    instead: 'default(8081)',
    test: PRECEDENCE,
    title: 'R-075 API_PORT is 8080 unless set',
  },
  {
    row: 'R-085',
    file: 'src/sessions/roles.ts',
    text: "const READING = ['Read', 'Glob', 'Grep'] as const;",
    instead: "const READING = ['Read', 'Glob', 'Grep', 'Write'] as const;",
    test: OPTIONS,
    title: 'R-085 the options of a session of %s/%s',
  },
  {
    row: 'R-088',
    file: 'src/prompts/fill.ts',
    text: 'if (value === undefined) throw unknownVariable(template, name, Object.keys(values));',
    instead: "if (value === undefined) return '';",
    test: 'test/prompts/fill.test.ts',
    title: 'a name without a value is refused with its file and what is known: %s',
  },
  {
    row: 'R-089',
    file: 'src/config/environment.ts',
    text: 'https://mcp.linear.app/mcp',
    instead: 'https://mcp.linear.app/sse',
    test: 'test/requirements/structure.test.ts',
    title: 'R-089 the constants of Linear are those of the original',
  },
  {
    row: 'R-090',
    file: 'src/engine/decide.ts',
    text: 'return facts.failures >= run.settings.phases[phase].maxRetries',
    instead: 'return facts.failures + 1 >= run.settings.phases[phase].maxRetries',
    test: CONFIGURED,
    title: 'R-090 a phase that fails twice and succeeds then has three attempts',
  },
  {
    row: 'R-092',
    file: 'src/engine/phase-workflow.ts',
    text: 'const width = run.settings.phases[order.phase].parallel;',
    instead: 'const width = 99;',
    test: CONFIGURED,
    title: 'R-092 a swarm of three with room for two has two at work',
  },
  {
    row: 'R-093',
    file: 'src/phases/planning.ts',
    text: 'return text ?? (await joined(plan, context, ends));',
    instead: "return text ?? '';",
    test: PLANNING,
    title: 'a failed synthesis leaves the contributions, labelled as unreconciled',
  },
];
