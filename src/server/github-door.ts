import { createHmac, timingSafeEqual } from 'node:crypto';

/** A webhook of GitHub as it arrived. */
export interface GithubArrived {
  readonly body: Uint8Array;
  readonly signature: string | undefined;
  readonly delivery: string | undefined;
}

/** Deliveries remembered: GitHub names each by an id that is not signed, so the signature counts too. */
const REMEMBERED = 10_000;

/** Judges webhooks of one secret: signed by it and seen for the first time. */
export function createGithubDoor(
  secret: string,
): (arrived: GithubArrived) => 'taken' | 'unsigned' | 'seen' {
  const seen = new Set<string>();
  return ({ body, signature = '', delivery = '' }) => {
    const right = createHmac('sha256', secret).update(body).digest();
    const given = Buffer.from(signature.replace(/^sha256=/u, ''), 'hex');
    if (given.length !== right.length || !timingSafeEqual(given, right)) return 'unsigned';
    if (delivery === '' || seen.has(delivery)) return 'seen';
    seen.add(delivery);
    for (const oldest of seen) {
      if (seen.size <= REMEMBERED) break;
      seen.delete(oldest);
    }
    return 'taken';
  };
}
