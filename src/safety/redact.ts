/** Takes known secrets out of a text, whatever form they stand in. */
export type Redact = (text: string) => string;

/** Shorter values would blot out ordinary words. */
const MIN_LENGTH = 6;

/** Knows each secret as it is and as base64, base64url, hex and in a URL. */
export function redactorOf(secrets: readonly string[]): Redact {
  const forms = secrets
    .filter((secret) => secret.length >= MIN_LENGTH)
    .flatMap((secret) => {
      const bytes = Buffer.from(secret);
      return [
        secret,
        encodeURIComponent(secret),
        bytes.toString('base64'),
        bytes.toString('base64').replace(/=+$/, ''),
        bytes.toString('base64url'),
        bytes.toString('hex'),
      ];
    });
  const longestFirst = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((clean, form) => clean.replaceAll(form, '[secret]'), text);
}
