const KEY = 'harness-token';

interface Place {
  readonly hash: string;
  readonly pathname: string;
  readonly search: string;
}

/**
 * Takes the token out of `#token=...`, where a browser never sends it, and gives the address to
 * show instead: `&to=/projects/ID` names the page to begin with.
 */
export function takeToken(
  hash: string,
): { readonly token: string; readonly address: string } | null {
  if (!hash.startsWith('#token=')) return null;
  const fields = new URLSearchParams(hash.slice(1));
  const token = fields.get('token') ?? '';
  const to = fields.get('to') ?? '/';
  return { token, address: to.startsWith('/') ? `#${to}` : '#/' };
}

/** The token of this tab. A new one in the address replaces it and leaves the address. */
export function tokenOf(
  place: Place,
  storage: Storage,
  replace: (url: string) => void,
): string | null {
  const taken = takeToken(place.hash);
  if (taken === null) return storage.getItem(KEY);
  storage.setItem(KEY, taken.token);
  replace(`${place.pathname}${place.search}${taken.address}`);
  return taken.token;
}

export function keepToken(token: string, storage: Storage): void {
  storage.setItem(KEY, token);
}
