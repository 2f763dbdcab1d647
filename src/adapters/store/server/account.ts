import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { HarnessError } from '../../../domain/errors.ts';
import type { Binaries } from './binaries.ts';
import { type CommandEnd, runCommand } from './command.ts';
import { otherOwner, ownerOf, type Place } from './place.ts';

/**
 * As whom Postgres runs, since it refuses root. `initdb` and `server` are the words put before each
 * binary; they end in exec, so the process started is the server itself.
 */
export interface Account {
  /** Who must own the data folder, as seen from outside any namespace. */
  readonly owner: number;
  readonly initdb: readonly string[];
  readonly server: readonly string[];
  /** `cwd`: the account may not walk down to the data folder, so it starts inside and names it so. */
  readonly reaches: 'path' | 'cwd';
  /** `postgres (PostgreSQL) 18.4` */
  readonly version: string;
}

interface Search {
  readonly place: Place;
  readonly binaries: Binaries;
  readonly path: string;
}

/**
 * An ordinary user runs Postgres directly; root in a user namespace, or as `nobody` where those are
 * forbidden. Throws `DATABASE_OWNER` for another user's files and `DATABASE_ACCOUNT`, naming
 * DATABASE_URL, when there is no way.
 */
export async function chooseAccount(search: Search): Promise<Account> {
  const uid = process.getuid?.() ?? 0;
  const owner = await ownerOf(search.place.data);
  return uid === 0 ? accountOfRoot(search, owner) : accountOfUser(search, uid, owner);
}

async function accountOfUser(search: Search, uid: number, owner: number | null): Promise<Account> {
  if (owner !== null && owner !== uid) throw otherOwner(search.place.data, owner);
  const tried = await tryOut(search, []);
  if (!tried.ok) throw noAccount([tried.said]);
  const account = { owner: uid, server: [], reaches: 'path', version: tried.said } as const;
  if (hasName()) return { ...account, initdb: [] };
  // initdb, unlike the server, wants its user to have a name; containers often run as a bare number.
  const named = await namedUser();
  return { ...account, initdb: named === null ? [] : inNamespaceAs(named) };
}

async function accountOfRoot(search: Search, owner: number | null): Promise<Account> {
  const named = await namedUser();
  if (named === null) throw noAccount(['/etc/passwd names no user but root']);
  if (owner !== null && owner !== 0 && owner !== named) throw otherOwner(search.place.data, owner);
  const reasons: string[] = [];
  if (owner !== named) {
    const words = inNamespaceAs(named);
    const tried = await tryOut(search, words);
    if (tried.ok)
      return { owner: 0, initdb: words, server: words, reaches: 'path', version: tried.said };
    reasons.push(tried.said);
  }
  const id = String(named);
  const words = ['setpriv', '--reuid', id, '--regid', id, '--clear-groups'];
  const tried = await tryOut(search, words);
  if (!tried.ok) throw noAccount([...reasons, tried.said]);
  return { owner: named, initdb: words, server: words, reaches: 'cwd', version: tried.said };
}

function inNamespaceAs(uid: number): readonly string[] {
  return ['unshare', '-U', `--map-user=${String(uid)}`, `--map-group=${String(uid)}`];
}

function tryOut({ binaries, path, place }: Search, words: readonly string[]): Promise<CommandEnd> {
  return runCommand([...words, binaries.postgres, '--version'], {
    env: { ...binaries.env, PATH: path },
    cwd: place.root,
  });
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

/** A uid with a name and no rights: nobody, else the first that is not root's. */
async function namedUser(): Promise<number | null> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
  const users = lines
    .map((line) => line.split(':'))
    .map(([name, , uid]) => ({ name, uid: Number(uid) }))
    .filter(({ uid }) => Number.isInteger(uid) && uid > 0);
  return (users.find(({ name }) => name === 'nobody') ?? users[0])?.uid ?? null;
}

function noAccount(reasons: readonly string[]): HarnessError {
  return new HarnessError(
    'DATABASE_ACCOUNT',
    `the embedded Postgres cannot run here (${reasons.join('; ')}); run as an ordinary user, allow user namespaces, or set DATABASE_URL to a Postgres server`,
  );
}
