import type { Row } from '../row.ts';

const RECORDED = 'test/e2e/recorded.test.ts';
const SMALL = 'test/e2e/recorded-small.test.ts';
const COMPOSE = 'test/containers/compose.test.ts';
const PRECEDENCE = 'test/config/precedence.test.ts';
const DATABASE = 'test/e2e/db.test.ts';
const CAPPED = 'R-080 R-081 AGENT_MODEL and MAX_SESSIONS win over the file; `why` names the cap';

/** Containers, migrations and the environment. */
export const OPERATIONS: readonly Row[] = [
  {
    id: 'R-060',
    promise: 'compose profile `with-db`: the application with its own Postgres',
    check: '`harness_app` waits for a healthy `harness_db`',
    proved: { [COMPOSE]: ['R-060 with-db: harness_app waits for a healthy harness_db'] },
  },
  {
    id: 'R-061',
    promise: 'compose profile `external-db`: a Postgres elsewhere',
    check: 'only `harness_app`; `DATABASE_URL` is passed on with its parameters for TLS',
    proved: {
      [COMPOSE]: [
        'R-061 external-db: only harness_app, with DATABASE_URL and its TLS parameters as given',
      ],
    },
  },
  {
    id: 'R-062',
    promise: 'compose profile `dev-db`: only a Postgres to develop with',
    check: 'only `harness_db_dev`',
    proved: { [COMPOSE]: ['R-062 dev-db: only harness_db_dev, by the name postgres-dev'] },
  },
  {
    id: 'R-063',
    promise: 'the containers are called `harness_app`, `harness_db`, `harness_db_dev`',
    check: 'each `container_name` with its profiles',
    proved: {
      [COMPOSE]: ['R-063 the containers have the names they always had, each in its profiles'],
    },
  },
  {
    id: 'R-064',
    promise: 'Postgres is at port 5433, the one to develop with at 5432',
    check: 'the published ports without any variable set',
    proved: { [COMPOSE]: ['R-064 ports 5433 and 5432 on loopback, with an empty .env'] },
  },
  {
    id: 'R-065',
    promise: 'the data is in the volume `coding-agent-harness-data`',
    check: 'that name, mounted where the image keeps its data',
    proved: {
      [COMPOSE]: ["R-065 the volume coding-agent-harness-data holds what the image's PGDATA names"],
    },
  },
  {
    id: 'R-066',
    promise: '`down` stops, `down -v` deletes the volume too',
    check: 'the data outlives the first and not the second',
    proved: {
      'test/e2e/containers.test.ts': [
        'R-066 down keeps the data, down -v deletes it with the volume${}',
      ],
    },
  },
  {
    id: 'R-067',
    promise: '`harness db upgrade` applies all migrations',
    check: 'exit 0 on an empty, a half migrated and a current database; then current',
    proved: {
      [DATABASE]: [
        'R-067 an empty database is brought up, and says that it is current',
        'R-067 a database half way is shown in the history, and brought up',
        'R-067 the embedded database is brought up, taken back and brought up again',
      ],
    },
  },
  {
    id: 'R-068',
    promise: '`harness db revision -m TEXT` writes the next migration',
    check: 'a changed table gives SQL forth and back; no change says so',
    proved: {
      'test/adapters/store/revise.test.ts': [
        'R-068 without a change of the tables it says so, and writes nothing',
        'R-068 a changed table becomes the next migration, and its way back waits to be written',
      ],
    },
  },
  {
    id: 'R-069',
    promise: '`npm run test:security` is the suite of security',
    check: 'it counts; a planted hole makes it fail',
    proved: {
      'test/security/policy-oracle.test.ts': ['a policy that only looks at first words is caught'],
      'test/safety/self-test.test.ts': [
        'I8 without a box the same self-test finds every wall open that this machine leaves open',
      ],
      'test/requirements/structure.test.ts': [
        'R-069 the suite of security is a script, and has tests',
      ],
    },
  },
  {
    id: 'R-070',
    promise: 'copy `.env.example` to `.env`',
    check: 'it names every variable; a copy is loaded',
    proved: {
      'test/config/files.test.ts': [
        'R-070 .env.example names every variable, and a copy changes nothing',
      ],
      'test/containers/image.test.ts': [
        'R-070 .env.example has every variable of the Compose file, with the default it has there',
      ],
    },
  },
  {
    id: 'R-071',
    promise: '`CLAUDE_CODE_OAUTH_TOKEN` or `ANTHROPIC_API_KEY` pays for the model',
    check: 'the gateway uses it; it is not in the environment of an agent',
    proved: {
      'test/gateway/door.test.ts': [
        'I7 the session token stays inside and the credential takes its place',
        'an OAuth token goes as a bearer, and a base URL keeps its path',
      ],
      'test/adapters/agents/options.test.ts': [
        'R-071 R-085 the environment of a session is written down here, and holds the token of its wire alone',
      ],
    },
  },
  {
    id: 'R-072',
    promise: '`LINEAR_API_KEY` is optional, and secret',
    check: 'as R-015; never in logs, events or arguments',
    proved: {
      'test/e2e/linear.test.ts': [
        'the doctor says what the key sees, and never the key',
        'a rehearsal leaves its items in Linear, told while it runs, each once, and hears what people change there',
      ],
      'test/security/session-on-the-wire.test.ts': [
        'R-133 an agent calls a listed MCP tool, and sees no credential (skipped without ${})',
      ],
    },
  },
  {
    id: 'R-073',
    promise: '`DATABASE_URL` is optional, and secret',
    check: 'as R-016; `postgres://` and `postgresql://`',
    proved: {
      'test/engine/postgres-server.test.ts': [
        'is used under both names of the scheme and never stopped',
        'is named by host and port, without the password, when it cannot be used',
      ],
      [SMALL]: [
        'R-016 R-073 with DATABASE_URL the rows are on that server, whose password is never said',
      ],
    },
  },
  {
    id: 'R-074',
    promise: '`WORKSPACE_PATH` is `./workspaces`',
    check: 'a new project is in `$WORKSPACE_PATH/NAME`, or in the default',
    proved: {
      [PRECEDENCE]: ['R-074 else a folder of its name in WORKSPACE_PATH, ./workspaces unless set'],
      [RECORDED]: [
        'R-003 R-013 R-041 a fresh copy is installed and rehearsed by two commands, with nobody to ask',
      ],
    },
  },
  {
    id: 'R-075',
    promise: '`API_PORT` is 8080',
    check: '`API_PORT=9000 harness serve` listens on 9000; `--port` wins',
    proved: {
      [PRECEDENCE]: ['R-075 API_PORT is 8080 unless set'],
      'test/cli/serve-command.test.ts': ['R-040 R-075 %s'],
    },
  },
  {
    id: 'R-076',
    promise: '`POSTGRES_DB` is `coding_agent_harness_db`',
    check: 'the same in the database, the address of the application and the health check',
    proved: { [COMPOSE]: ['%s %s: %s, and an override reaches both services'] },
  },
  {
    id: 'R-077',
    promise: '`POSTGRES_USER` is `postgres`',
    check: 'the default; another one reaches both services',
    proved: { [COMPOSE]: ['%s %s: %s, and an override reaches both services'] },
  },
  {
    id: 'R-078',
    promise: '`POSTGRES_PASSWORD` is `postgres`',
    check: 'the same; a warning outside loopback',
    proved: {
      [COMPOSE]: [
        '%s %s: %s, and an override reaches both services',
        'R-078 the usual password is refused outside loopback, in words that say what to do',
      ],
    },
  },
  {
    id: 'R-079',
    promise: '`POSTGRES_PORT` is 5433',
    check: 'the default; another one is published',
    proved: {
      [COMPOSE]: [
        'R-079 POSTGRES_PORT: %s is where the server, its port and the URL of the app are',
      ],
    },
  },
  {
    id: 'R-080',
    promise: '`AGENT_MODEL` is the model',
    check: '`harness config show` with and without it; it wins over the file',
    proved: {
      [PRECEDENCE]: ['R-080 R-081 %#'],
      [SMALL]: [CAPPED],
    },
  },
  {
    id: 'R-081',
    promise: '`MAX_SESSIONS` is 1000',
    check: 'with 2 a run stops after two sessions, resumable, and `why` says it',
    proved: {
      [PRECEDENCE]: ['R-080 R-081 %#'],
      [SMALL]: [CAPPED],
    },
  },
];
