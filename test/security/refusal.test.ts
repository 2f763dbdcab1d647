import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unsealable } from '../safety/a-box.ts';
import { proveExit, type Bench, type StartOptions } from '../support/harness-cli.ts';
import { aSmallRun } from '../support/small-run.ts';

interface Obstacle {
  readonly name: string;
  readonly surroundings: (bench: Bench) => Promise<StartOptions>;
  /** What the refusal names, and the command that mends it. */
  readonly says: RegExp;
  readonly mends: RegExp;
}

/** A PATH with everything of the usual one, but this bubblewrap; null: none. */
async function pathWith(bench: Bench, bwrap: string | null): Promise<StartOptions> {
  const folder = join(bench.folder, '..', 'programs');
  await mkdir(folder);
  for (const name of await readdir('/usr/bin'))
    if (name !== 'bwrap') await symlink(join('/usr/bin', name), join(folder, name));
  if (bwrap !== null) await writeFile(join(folder, 'bwrap'), bwrap);
  if (bwrap !== null) await chmod(join(folder, 'bwrap'), 0o755);
  return { env: { PATH: `${dirname(process.execPath)}:${folder}` } };
}

/** Inside a user namespace of its own, where the script may spoil things first. */
const spoilt = (script: string) => async (): Promise<StartOptions> => ({
  as: ['unshare', '-Urm', 'sh', '-c', `${script} && exec "$0" "$@"`],
});

const FAILING = (version: string, said: string): string =>
  `#!/bin/sh\n[ "$1" = --version ] && { echo "bubblewrap ${version}"; exit 0; }\necho "${said}" >&2\nexit 1\n`;

const OBSTACLES: readonly Obstacle[] = [
  {
    name: 'no bubblewrap',
    surroundings: (bench) => pathWith(bench, null),
    says: /bubblewrap: bwrap is not on PATH/u,
    mends: /install -y bubblewrap/u,
  },
  {
    name: 'a bubblewrap that is too old',
    surroundings: (bench) => pathWith(bench, FAILING('0.6.2', 'unknown option')),
    says: /version 0\.6\.2 is older than 0\.8/u,
    mends: /install -y bubblewrap/u,
  },
  {
    name: "AppArmor's restriction of user namespaces, by the words bubblewrap finds for it",
    surroundings: (bench) =>
      pathWith(bench, FAILING('0.9.0', 'bwrap: setting up uid map: Permission denied')),
    says: /AppArmor restricts them/u,
    mends: /apparmor_parser -r|apparmor=unconfined/u,
  },
  {
    name: 'no user namespaces, really switched off',
    surroundings: spoilt('echo 0 > /proc/sys/user/max_user_namespaces'),
    says: /user namespaces: their number is limited to none/u,
    mends: /sysctl -w user\.max_user_namespaces=\d+/u,
  },
  {
    name: 'a /proc that is really masked, as in a container',
    surroundings: spoilt('mount -t tmpfs none /proc/irq'),
    says: /a container masks \/proc/u,
    mends: /systempaths=unconfined/u,
  },
];

function canSpoil(): boolean {
  try {
    execFileSync('unshare', ['-Urm', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(unsealable !== undefined || !canSpoil())('a real model without a box', () => {
  for (const obstacle of OBSTACLES)
    test(`I8 refuses to start, 5, with the remedy: ${obstacle.name}`, async () => {
      await using small = await aSmallRun();
      const options = await obstacle.surroundings(small.bench);
      const words = ['run', '--idea', 'A module that converts feet.', '--no-interactive'];
      const refused = await small.bench.run(words, options);
      proveExit(refused, 5);
      expect(refused.stderr).toMatch(obstacle.says);
      expect(refused.stderr).toMatch(obstacle.mends);
      expect(small.asks).toEqual([]);
      const doctor = await small.bench.run(['doctor'], options);
      expect(doctor.stdout).toMatch(obstacle.mends);
      proveExit(doctor, 5);
    });
});
