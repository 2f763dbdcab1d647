/** Takes known secrets out of a text, whatever form they stand in. */
export type Redact = (text: string) => string;

/** Shorter values would blot out ordinary words. */
const MIN_LENGTH = 6;

/** Least length of a part of a base64 text that is taken for a secret. */
const MIN_PART = 8;

/**
 * Knows each secret as it is and as base64, base64url, hex, in a URL and in JSON; in base64 also amid
 * other text, where its first and last letters depend on what surrounds it.
 */
export function redactorOf(secrets: readonly string[]): Redact {
  const known = secrets.filter((secret) => secret.length >= MIN_LENGTH);
  const exact = anyOf(known.flatMap(exactForms), 'gu');
  const either = anyOf(known.flatMap(caselessForms), 'giu');
  return (text) =>
    [exact, either].reduce(
      (clean, forms) => (forms === null ? clean : clean.replaceAll(forms, '[secret]')),
      text,
    );
}

function exactForms(secret: string): readonly string[] {
  const whole = Buffer.from(secret).toString('base64');
  const parts = [0, 1, 2].map((before) => base64Part(secret, before));
  const base64 = [whole, whole.replace(/=+$/u, ''), ...parts.filter(isLong)];
  return [secret, JSON.stringify(secret).slice(1, -1), ...base64, ...base64.map(urlSafe)];
}

/** Forms in which the case of letters says nothing. */
function caselessForms(secret: string): readonly string[] {
  const hex = Buffer.from(secret).toString('hex');
  const encoded = encodeURIComponent(secret);
  // Letters of such a form may stand in another case than the secret's own, so it must be a form.
  const escaped = encoded === secret ? [] : [encoded, encoded.replaceAll('%20', '+')];
  return [hex, hex.replaceAll(/../gu, '%$&'), ...escaped];
}

/** What stays the same of a secret in base64 with so many bytes before it, modulo three. */
function base64Part(secret: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
  const first = Math.ceil((before * 8) / 6);
  const last = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(first, last);
}

function isLong(part: string): boolean {
  return part.length >= MIN_PART;
}

function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/u, '');
}

/** Longest first, so that a secret which begins with another is found whole. */
function anyOf(forms: readonly string[], flags: string): RegExp | null {
  if (forms.length === 0) return null;
  const longestFirst = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((form) => RegExp.escape(form)).join('|'), flags);
}
