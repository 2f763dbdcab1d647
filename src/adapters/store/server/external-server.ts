import { HarnessError } from '../../../domain/errors.ts';
import type { DatabaseServer } from './database-server.ts';
import { login, shownAddress, unreachable } from './login.ts';

/**
 * The server in DATABASE_URL, used as it is: nothing is started, nothing stopped, TLS parameters in
 * the address are kept. Throws `DATABASE_URL_INVALID`, `DATABASE_UNREACHABLE`.
 */
export async function openExternal(url: string): Promise<DatabaseServer> {
  const address = parsed(url);
  const ensure = async (): Promise<void> => {
    const end = await login({ connectionString: url, application_name: 'harness' }, 10);
    if (end.status === 'refused') throw unreachable(address, end.reason);
    await end.client.end();
  };
  await ensure();
  return { kind: 'external', url, ensure, release: () => Promise.resolve() };
}

function parsed(url: string): string {
  if (/^postgres(?:ql)?:\/\//u.test(url) && URL.canParse(url)) return shownAddress(url);
  throw new HarnessError(
    'DATABASE_URL_INVALID',
    'DATABASE_URL is not an address like postgresql://user:password@host:5432/database; correct it or unset it',
  );
}
