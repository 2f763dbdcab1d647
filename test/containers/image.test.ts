import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { serveHttp } from '../support/loopback.ts';
import { ROOT } from './compose-file.ts';

const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** Its instructions by stages; what stands before the first stage is stage 0. */
async function stages(): Promise<readonly (readonly Instruction[])[]> {
  const text = (await read('Dockerfile')).replaceAll(/^#.*\n/gmu, '').replaceAll(/\\\n\s*/gu, '');
  const instructions = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^([A-Z]+) (.*)$/u.exec(line) ?? [];
      return { name, rest };
    });
  const found: Instruction[][] = [[]];
  for (const one of instructions) {
    if (one.name === 'FROM') found.push([]);
    found.at(-1)?.push(one);
  }
  return found;
}

const lastOf = async (name: string): Promise<string> => {
  const final = (await stages()).at(-1) ?? [];
  return final.findLast((one) => one.name === name)?.rest ?? '';
};

const words = (json: string): readonly string[] => z.array(z.string()).parse(JSON.parse(json));

describe('Dockerfile', () => {
  test('R-105 the image is made in two stages from a base that can be chosen', async () => {
    const [before = [], build = [], final = [], ...others] = await stages();
    expect(others).toEqual([]);
    expect(before).toEqual([{ name: 'ARG', rest: 'BASE_IMAGE=node:24.21.0-bookworm-slim' }]);
    expect(build[0]?.rest).toBe('${BASE_IMAGE} AS build');
    expect(final[0]?.rest).toBe('${BASE_IMAGE}');
  });

  test('no image goes by a moving name, in the Compose file neither', async () => {
    const compose = await read('docker-compose.yml');
    const images = [...compose.matchAll(/(?:image: |BASE_IMAGE:-)([^}\s]+)/gu)].map(
      ([, one]) => one,
    );
    expect(images).toHaveLength(3);
    for (const one of images) expect(one).toMatch(/^[a-z-]+:\d[\w.-]*$/u);
    expect(await read('Dockerfile')).not.toContain(':latest');
  });

  test('it runs as user 10001, and nothing of the program belongs to that user', async () => {
    expect(await lastOf('USER')).toBe('10001:10001');
    const final = (await stages()).at(-1) ?? [];
    const at = (name: string): number => final.findIndex((one) => one.name === name);
    expect(final.findLastIndex((one) => one.name === 'COPY')).toBeLessThan(at('USER'));
    expect(final.filter(({ name, rest }) => name === 'COPY' && rest.includes('--chown'))).toEqual(
      [],
    );
  });

  test('tini is the first process, `serve` the command', async () => {
    expect(words(await lastOf('ENTRYPOINT'))).toEqual(['tini', '--', 'harness']);
    expect(words(await lastOf('CMD')).slice(0, 3)).toEqual(['serve', '--host', '0.0.0.0']);
  });

  test('it has what agents and their boxes need', async () => {
    const installed = ((await stages()).at(-1) ?? []).find(({ rest }) => rest.includes('apt-get'));
    for (const name of ['bubblewrap', 'chromium', 'git', 'socat', 'tini', 'ca-certificates'])
      expect(installed?.rest).toMatch(new RegExp(` ${name} `, 'u'));
  });

  test('it has exactly what the package has, and its dependencies', async () => {
    const { files } = z
      .object({ files: z.array(z.string()) })
      .parse(JSON.parse(await read('package.json')));
    const copied = ((await stages()).at(-1) ?? [])
      .filter(({ name }) => name === 'COPY')
      .flatMap(({ rest }) => rest.split(' ').slice(1, -1))
      .map((path) => path.replace('/opt/harness/', ''));
    expect(copied.toSorted()).toEqual([...files, 'package.json', 'node_modules'].toSorted());
  });

  test('no secret comes into a layer: none by name, none by a copied file', async () => {
    const all = (await stages()).flat();
    const given = all.filter(({ name }) => name === 'ARG' || name === 'ENV');
    expect(
      given.filter(({ rest }) => /TOKEN|KEY|SECRET|PASSWORD|DATABASE_URL/u.test(rest)),
    ).toEqual([]);
    const ignored = (await read('.dockerignore')).split('\n');
    for (const pattern of [
      '.env',
      '.env.*',
      '**/.npmrc',
      '.git',
      '.harness',
      'node_modules',
      'workspaces',
    ])
      expect(ignored).toContain(pattern);
    // Only these come back.
    expect(ignored.filter((line) => line.startsWith('!'))).toEqual(['!.env.example', '!.npmrc']);
    expect(await read('.npmrc')).not.toMatch(/auth|token|password/iu);
  });

  test('its health check asks /health, and is red when that is not well', async () => {
    const [, json = ''] = /CMD (\[.*\])$/u.exec(await lastOf('HEALTHCHECK')) ?? [];
    const [, ...args] = words(json);
    const asked: (string | undefined)[] = [];
    let status = 200;
    const { port, close } = await serveHttp((request, response) => {
      asked.push(request.url);
      response.writeHead(status).end();
    });
    const check = (): Promise<number> =>
      promisify(execFile)(process.execPath, args, { env: { API_PORT: String(port) } }).then(
        () => 0,
        (error: unknown) => z.object({ code: z.number() }).parse(error).code,
      );
    expect(await check()).toBe(0);
    status = 503;
    expect(await check()).toBe(1);
    expect(asked).toEqual(['/health', '/health']);
    await close();
    expect(await check()).toBe(1);
  });
});

const Profile = z.object({
  defaultAction: z.literal('SCMP_ACT_ALLOW'),
  syscalls: z.array(z.object({ names: z.array(z.string()), action: z.literal('SCMP_ACT_ERRNO') })),
});

test('the profile of system calls leaves to a box what it needs, and refuses what it must', async () => {
  const { syscalls } = Profile.parse(JSON.parse(await read('docker/seccomp.json')));
  const refused = new Set(syscalls.flatMap(({ names }) => names));
  for (const needed of [
    'clone',
    'clone3',
    'unshare',
    'mount',
    'umount2',
    'pivot_root',
    'sethostname',
  ])
    expect([needed, refused.has(needed)]).toEqual([needed, false]);
  for (const call of [
    'bpf',
    'keyctl',
    'io_uring_setup',
    'userfaultfd',
    'open_by_handle_at',
    'setns',
  ])
    expect([call, refused.has(call)]).toEqual([call, true]);
});

test('R-070 .env.example has every variable of the Compose file, with the default it has there', async () => {
  const example = await read('.env.example');
  const used = new Map<string, Set<string>>();
  for (const [, name = '', usual = ''] of (await read('docker-compose.yml')).matchAll(
    /\$\{([A-Z_]+):-([^}]*)\}/gu,
  ))
    used.set(name, (used.get(name) ?? new Set()).add(usual));
  expect(used.size).toBeGreaterThan(15);
  for (const [name, defaults] of used) {
    const [, shown] = new RegExp(`^#?${name}=(.*)$`, 'mu').exec(example) ?? [];
    expect([name, shown !== undefined]).toEqual([name, true]);
    // An empty default leaves it to the program; without a folder of the user's there is a volume.
    const agree = name === 'WORKSPACE_PATH' || defaults.has('') || defaults.has(shown ?? '');
    expect([name, agree]).toEqual([name, true]);
  }
});

test('every variable that the program reads comes into the container, but for its folders', async () => {
  const compose = await read('docker-compose.yml');
  const names = [...(await read('.env.example')).matchAll(/^#?([A-Z_]+)=/gmu)].map(
    ([, one]) => one,
  );
  const missing = names.filter((name) => !compose.includes(`\${${name}:-`));
  expect(missing).toEqual(['HARNESS_HOME']);
});
