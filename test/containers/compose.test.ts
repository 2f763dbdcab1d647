import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { processEnvironment } from '../../src/config/variables.ts';
import { composition, ROOT, type Service } from './compose-file.ts';
import { findCompose } from './find-compose.ts';

const run = promisify(execFile);

/** The one container of this name. */
async function container(
  profile: string,
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Service> {
  const found = (await composition([profile], env)).containers[name];
  if (found === undefined) throw new Error(`${profile} has no ${name}`);
  return found;
}

const names = async (...profiles: readonly string[]): Promise<readonly string[]> =>
  Object.keys((await composition(profiles)).containers).toSorted();

/** What the database's container does before anything else, with this environment. */
async function startDatabase(env: Readonly<Record<string, string>>): Promise<string> {
  const { entrypoint, environment } = await container('with-db', 'harness_db', env);
  const [program = '', ...words] = entrypoint ?? [];
  const started = words.map((word) =>
    word.replace('exec docker-entrypoint.sh', 'echo would start'),
  );
  const outcome = run(program, [...started, 'postgres'], {
    env: { PATH: '/usr/bin:/bin', ...environment },
  });
  return outcome.then(
    ({ stdout }) => stdout,
    (error: unknown) => z.object({ stderr: z.string() }).parse(error).stderr,
  );
}

describe('profiles', () => {
  test('R-060 with-db: harness_app waits for a healthy harness_db', async () => {
    expect(await names('with-db')).toEqual(['harness_app', 'harness_db']);
    const app = await container('with-db', 'harness_app');
    expect(app.depends_on['postgres']).toEqual({ condition: 'service_healthy', required: true });
    const database = await container('with-db', 'harness_db');
    expect(database.healthcheck?.test.join(' ')).toContain('pg_isready');
  });

  test('R-061 external-db: only harness_app, with DATABASE_URL and its TLS parameters as given', async () => {
    expect(await names('external-db')).toEqual(['harness_app']);
    const url =
      'postgresql://me:p%40ss@db.example.com:6543/x?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca.pem&channel_binding=require';
    const app = await container('external-db', 'harness_app', { DATABASE_URL: url });
    expect(app.environment['DATABASE_URL']).toBe(url);
  });

  test('R-062 dev-db: only harness_db_dev, by the name postgres-dev', async () => {
    expect(await names('dev-db')).toEqual(['harness_db_dev']);
    const text = await readFile(join(ROOT, 'docker-compose.yml'), 'utf8');
    expect(text).toMatch(/^ {2}postgres-dev:$/mu);
  });

  test('R-063 the containers have the names they always had, each in its profiles', async () => {
    expect(await names('with-db', 'dev-db')).toEqual([
      'harness_app',
      'harness_db',
      'harness_db_dev',
    ]);
    expect(await names()).toEqual([]);
  });

  test('with-db and external-db exclude each other', async () => {
    await expect(names('with-db', 'external-db')).rejects.toThrow('twice among harness_app');
    // Each waits for the other where both are wanted: Compose refuses the circle before it starts any.
    const bundled = await container('with-db', 'harness_app');
    const external = await container('external-db', 'harness_app');
    expect(bundled.depends_on['external-db-excludes-with-db']?.required).toBe(false);
    expect(external.depends_on['app']?.required).toBe(false);
  });
});

describe('the databases', () => {
  test('R-064 ports 5433 and 5432 on loopback, with an empty .env', async () => {
    const bundled = await container('with-db', 'harness_db');
    const own = await container('dev-db', 'harness_db_dev');
    expect(bundled.ports).toEqual(['127.0.0.1:5433:5433']);
    expect(own.ports).toEqual(['127.0.0.1:5432:5432']);
  });

  test("R-065 the volume coding-agent-harness-data holds what the image's PGDATA names", async () => {
    const { containers, volumes } = await composition(['with-db']);
    const { image, volumes: mounts } = z
      .object({ image: z.string(), volumes: z.array(z.string()) })
      .parse(containers['harness_db']);
    const [source = '', target] = mounts[0]?.split(':') ?? [];
    expect(volumes[source]).toBe('coding-agent-harness-data');
    // Up to 17 PGDATA is /var/lib/postgresql/data, and a volume of the image's own; later
    // /var/lib/postgresql/MAJOR/docker, below a volume one level up.
    const major = Number(/^postgres:(\d+)/u.exec(image)?.[1]);
    expect(major).toBeGreaterThan(0);
    expect(target).toBe(major < 18 ? '/var/lib/postgresql/data' : '/var/lib/postgresql');
  });

  test('the two databases keep their data apart', async () => {
    const { containers } = await composition(['with-db', 'dev-db']);
    expect(containers['harness_db']?.volumes).not.toEqual(containers['harness_db_dev']?.volumes);
  });

  test.each([
    ['R-076', 'POSTGRES_DB', 'coding_agent_harness_db', 'shop'],
    ['R-077', 'POSTGRES_USER', 'postgres', 'keeper'],
    ['R-078', 'POSTGRES_PASSWORD', 'postgres', 'sesame'],
  ] as const)('%s %s: %s, and an override reaches both services', async (...row) => {
    const [, name, usual, other] = row;
    for (const [value, env] of [
      [usual, {}],
      [other, { [name]: other }],
    ] as const) {
      const database = await container('with-db', 'harness_db', env);
      const app = await container('with-db', 'harness_app', env);
      expect(database.environment[name]).toBe(value);
      const { pathname, username, password } = new URL(app.environment['DATABASE_URL'] ?? '');
      const inUrl = {
        POSTGRES_DB: pathname.slice(1),
        POSTGRES_USER: username,
        POSTGRES_PASSWORD: password,
      };
      expect(inUrl[name]).toBe(value);
    }
    const health = (await container('with-db', 'harness_db')).healthcheck?.test.at(-1);
    expect(health).toBe('pg_isready -q -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB"');
  });

  test.each([
    ['5433', {}],
    ['6000', { POSTGRES_PORT: '6000' }],
  ] as const)(
    'R-079 POSTGRES_PORT: %s is where the server, its port and the URL of the app are',
    async (port, env) => {
      const database = await container('with-db', 'harness_db', env);
      const app = await container('with-db', 'harness_app', env);
      expect(database.environment['PGPORT']).toBe(port);
      expect(database.ports).toEqual([`127.0.0.1:${port}:${port}`]);
      expect(new URL(app.environment['DATABASE_URL'] ?? '').port).toBe(port);
    },
  );

  test('R-078 the usual password is refused outside loopback, in words that say what to do', async () => {
    expect(await startDatabase({})).toBe('would start postgres\n');
    expect(await startDatabase({ POSTGRES_BIND: '127.0.0.2' })).toBe('would start postgres\n');
    for (const bind of ['0.0.0.0', '192.168.1.7', '::', '[::]'])
      expect(await startDatabase({ POSTGRES_BIND: bind })).toMatch(
        /opens the database to other machines: set POSTGRES_PASSWORD/u,
      );
    const own = { POSTGRES_BIND: '0.0.0.0', POSTGRES_PASSWORD: 'sesame' };
    expect(await startDatabase(own)).toBe('would start postgres\n');
  });
});

describe('the app', () => {
  test.each(['with-db', 'external-db'])('is published on loopback only (%s)', async (profile) => {
    const app = await container(profile, 'harness_app', { API_PORT: '9000' });
    expect(app.ports).toEqual(['127.0.0.1:9000:9000']);
    expect(app.environment['API_PORT']).toBe('9000');
  });

  test.each(['with-db', 'external-db'])(
    'has what a box needs, and no right beyond (%s)',
    async (profile) => {
      const app = await container(profile, 'harness_app');
      expect(app).toMatchObject({ privileged: false, cap_add: [], cap_drop: ['ALL'] });
      expect(app.security_opt).toEqual([
        'no-new-privileges:true',
        'seccomp=./docker/seccomp.json',
        'apparmor=unconfined',
        'systempaths=unconfined',
      ]);
    },
  );

  test('keeps state, clones and what it builds on volumes', async () => {
    const app = await container('with-db', 'harness_app');
    expect(app.volumes).toEqual([
      'harness-home:/var/lib/harness',
      'harness-workspaces:/workspaces',
    ]);
    const here = await container('with-db', 'harness_app', { WORKSPACE_PATH: './workspaces' });
    expect(here.volumes[1]).toBe('./workspaces:/workspaces');
  });

  test('has the version of the package', async () => {
    const manifest = z
      .object({ version: z.string() })
      .parse(JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')));
    const app = await container('with-db', 'harness_app');
    expect(app.image).toBe(`coding-agent-harness:${manifest.version}`);
  });
});

const compose = await findCompose();

/** What Compose makes of the file, or why it refuses. */
const config = async (...profiles: readonly string[]): Promise<string> => {
  const [program = '', ...words] = compose ?? [];
  const flags = profiles.flatMap((profile) => ['--profile', profile]);
  const { PATH, HOME } = processEnvironment();
  const env = { PATH, HOME };
  const args = [...words, '--env-file', '/dev/null', ...flags, 'config', '--format', 'json'];
  return run(program, args, { cwd: ROOT, env }).then(
    ({ stdout }) => stdout,
    (error: unknown) => z.object({ stderr: z.string() }).parse(error).stderr,
  );
};

describe.skipIf(compose === null)(
  `as Compose itself reads it${compose === null ? ' (skipped: no Compose from 2.20 on is installed)' : ''}`,
  () => {
    test.each(['with-db', 'external-db', 'dev-db'])(
      '%s starts what is said above',
      async (profile) => {
        const read = z
          .object({ services: z.record(z.string(), z.object({ container_name: z.string() })) })
          .parse(JSON.parse(await config(profile)));
        const started = Object.values(read.services).map((service) => service.container_name);
        expect(started.toSorted()).toEqual(await names(profile));
      },
    );

    test('both profiles of harness_app at once end with an error that names them', async () => {
      expect(await config('with-db', 'external-db')).toMatch(/external-db-excludes-with-db/u);
    });
  },
);
