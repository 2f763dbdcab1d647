import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** A webhook as it arrived: the exact bytes of its body, and its headers by lower-case name. */
export interface Arrived {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/**
 * `changed`: something of this kind changed in Linear, and the tracker is to be read again; what a
 * webhook says of it is not believed. `refused` tells an operator why, and the sender nothing.
 */
export type Verdict =
  | { readonly kind: 'changed'; readonly of: 'Issue' | 'Comment' | 'Attachment' | 'Project' }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'refused'; readonly why: string };

/** Linear signs the time into the body and asks for no more difference than this. */
const MOST_SKEW_MS = 60_000;

/** Deliveries remembered: more than Linear sends within the time for which an old one is refused anyway. */
const REMEMBERED = 10_000;

const bodyShape = z.object({ type: z.string(), webhookTimestamp: z.int() });

const TELLING = ['Issue', 'Comment', 'Attachment', 'Project'] as const;

/**
 * Judges webhooks of one secret: signed by it, of this minute by either clock, and seen for the first
 * time. A refused one changes nothing, and nothing is lost by it: the tracker is read anyway, only
 * later. `now` in epoch milliseconds.
 */
export function createWebhookDoor(order: {
  readonly secret: string;
  readonly now: () => number;
}): (arrived: Arrived) => Verdict {
  const seen = new Set<string>();
  return (arrived) => {
    const delivery = arrived.headers['linear-delivery'] ?? '';
    const digest = signedDigest(arrived, order.secret);
    if (digest === undefined) return refused('its signature is not of this secret');
    const body = bodyShape.safeParse(jsonOf(arrived.body));
    if (!body.success) return refused('its body is not one of Linear');
    const skew = order.now() - body.data.webhookTimestamp;
    if (Math.abs(skew) > MOST_SKEW_MS)
      return refused(
        `it is of another time, by ${Math.round(skew / 1000)} s: an old one sent again, or this machine's clock is wrong`,
      );
    // The header is not signed, so what was signed counts: the same body is the same delivery.
    if (seen.has(digest) || seen.has(delivery)) return refused('it was here before');
    remember(seen, digest, delivery);
    const of = TELLING.find((type) => type === body.data.type);
    return of === undefined ? { kind: 'ignored' } : { kind: 'changed', of };
  };
}

function remember(seen: Set<string>, ...names: readonly string[]): void {
  for (const name of names.filter((one) => one !== '')) seen.add(name);
  for (const oldest of seen) {
    if (seen.size <= REMEMBERED) return;
    seen.delete(oldest);
  }
}

const SIGNATURE = /^[0-9a-f]{64}$/iu;

/**
 * Over the bytes as they came; compared in constant time. As we computed it, since a signature can be
 * spelled in several ways; undefined: it is not of this secret.
 */
function signedDigest({ body, headers }: Arrived, secret: string): string | undefined {
  const signature = headers['linear-signature'] ?? '';
  if (!SIGNATURE.test(signature)) return undefined;
  const right = createHmac('sha256', secret).update(body).digest();
  return timingSafeEqual(Buffer.from(signature, 'hex'), right) ? right.toString('hex') : undefined;
}

function refused(why: string): Verdict {
  return { kind: 'refused', why: `a webhook was refused: ${why}` };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
