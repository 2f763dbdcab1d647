import type { Upstream } from './wire.ts';

/** Removes the upstream's credential from a text. */
export type Redact = (text: string) => string;

/** Knows the credential as it is and as base64, base64url, hex and in a URL. */
export function redactorFor(credential: Upstream['credential']): Redact {
  if (credential === null || credential.value === '') return (text) => text;
  const bytes = Buffer.from(credential.value);
  const forms = [
    credential.value,
    encodeURIComponent(credential.value),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ];
  return (text) => forms.reduce((clean, form) => clean.replaceAll(form, '[credential]'), text);
}
