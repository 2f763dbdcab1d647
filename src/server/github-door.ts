import { createHmac, timingSafeEqual } from 'node:crypto';

/** A webhook of GitHub as it arrived. */
export interface GithubArrived {
  readonly body: Uint8Array;
  readonly signature: string | undefined;
  readonly delivery: string | undefined;
}

/** Names remembered, two of each delivery: that of its header is not signed, so what was signed counts too. */
const REMEMBERED = 10_000;

const SIGNATURE = /^sha256=([0-9a-f]{64})$/iu;

/** Judges webhooks of one secret: signed by it and seen for the first time, under whatever name. */
export function createGithubDoor(
  secret: string,
): (arrived: GithubArrived) => 'taken' | 'unsigned' | 'seen' {
  const seen = new Set<string>();
  return ({ body, signature = '', delivery = '' }) => {
    const digest = signedDigest({ body, signature }, secret);
    if (digest === undefined) return 'unsigned';
    if (delivery === '' || seen.has(delivery) || seen.has(digest)) return 'seen';
    seen.add(delivery).add(digest);
    for (const oldest of seen) {
      if (seen.size <= REMEMBERED) break;
      seen.delete(oldest);
    }
    return 'taken';
  };
}

/** As we computed it, since a signature can be spelled in several ways; undefined: not of this secret. */
function signedDigest(
  { body, signature }: { readonly body: Uint8Array; readonly signature: string },
  secret: string,
): string | undefined {
  const given = SIGNATURE.exec(signature)?.[1];
  if (given === undefined) return undefined;
  const right = createHmac('sha256', secret).update(body).digest();
  return timingSafeEqual(Buffer.from(given, 'hex'), right) ? right.toString('hex') : undefined;
}
