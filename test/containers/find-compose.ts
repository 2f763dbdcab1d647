import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Dependencies that are optional, by which the profiles exclude each other, are known from here on. */
const FIRST = { major: 2, minor: 20 };

const WAYS = [['docker', 'compose'], ['docker-compose']] as const;

/** How Compose is called here; null: it is not installed, or older than 2.20. */
export async function findCompose(): Promise<readonly string[] | null> {
  for (const [program, ...words] of WAYS) {
    const asked = promisify(execFile)(program, [...words, 'version', '--short']);
    const version = await asked.then(
      ({ stdout }) => /^v?(\d+)\.(\d+)/u.exec(stdout),
      () => null,
    );
    if (version !== null && isNew(Number(version[1]), Number(version[2])))
      return [program, ...words];
  }
  return null;
}

const isNew = (major: number, minor: number): boolean =>
  major > FIRST.major || (major === FIRST.major && minor >= FIRST.minor);
