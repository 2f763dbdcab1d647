/** What is secret in the value of an `authorization` header: all of it, what follows its scheme, and the password inside. */
export function credentialsIn(header: string): readonly string[] {
  const { scheme, rest = header } = /^(?<scheme>\w+) +(?<rest>.*)$/su.exec(header)?.groups ?? {};
  if (scheme?.toLowerCase() !== 'basic') return [header, rest];
  const pair = Buffer.from(rest, 'base64').toString('utf8');
  const [user = '', ...password] = pair.split(':');
  // Where there is no password, the user is a token.
  return [header, rest, pair, password.join(':') || user];
}

/** Shorter parts of an address may be ordinary words. */
const LEAST_PART = 16;

/**
 * What is secret in the address of a notifier: all of it, its password, and what of its path and query
 * is long enough to be a key.
 */
export function secretsInHook(url: string): readonly string[] {
  const { pathname = '', searchParams } = URL.parse(url) ?? {};
  const path = pathname.slice(1);
  const parts = [path, ...path.split('/'), ...(searchParams?.values() ?? [])];
  return [url, ...passwordIn(url), ...parts.filter((part) => part.length >= LEAST_PART)];
}

/** The password of a URL as it is written there, and as it is; nothing where there is none. */
export function passwordIn(url: string): readonly string[] {
  const written = URL.parse(url)?.password ?? '';
  if (written === '') return [];
  try {
    return [written, decodeURIComponent(written)];
  } catch {
    // What is no encoding stands for itself.
    return [written];
  }
}
