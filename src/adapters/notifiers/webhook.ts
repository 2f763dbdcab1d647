import { createHmac } from 'node:crypto';
import type { News, Notice } from '../../domain/news.ts';
import type { Notifier } from './notifier.ts';
import { post, type Message } from './post.ts';

export interface WebhookOrder {
  readonly id: string;
  readonly type: 'webhook' | 'slack' | 'ntfy';
  readonly url: string;
  /** Signs what a webhook is sent; null: nothing is signed. */
  readonly secret: string | null;
  readonly on: readonly News[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly pauses?: readonly number[];
}

const PAUSES_MS = [1000, 5000, 20_000];

/** Tells by an address: JSON with a signature, or in the form that Slack or ntfy want. */
export function webhook(order: WebhookOrder): Notifier {
  const { id, type, url, on, pauses = PAUSES_MS } = order;
  // What a webhook is sent has an id, by which its receiver knows it again; Slack and ntfy would show it twice.
  const again = type === 'webhook' ? 'unless refused' : 'where not taken';
  return {
    id,
    type,
    on,
    tell: (notice, signal) =>
      post({ url, signal, pauses, again, message: () => messageFor(order, notice) }),
  };
}

function messageFor(order: WebhookOrder, notice: Notice): Message {
  switch (order.type) {
    case 'slack':
      // As plain text: what a project is called must not become a link or a mention.
      return json({ text: plainForSlack(notice.text) });
    case 'ntfy':
      return { body: notice.text, headers: { 'content-type': 'text/plain; charset=utf-8' } };
    case 'webhook':
      return signed(order, notice);
  }
}

function plainForSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** As Standard Webhooks has it: receivers have libraries for that. */
function signed({ secret, now }: WebhookOrder, notice: Notice): Message {
  const { body, headers } = json(notice);
  const at = String(Math.floor(now() / 1000));
  const named = { ...headers, 'webhook-id': notice.id, 'webhook-timestamp': at };
  if (secret === null) return { body, headers: named };
  const mac = createHmac('sha256', keyOf(secret)).update(`${notice.id}.${at}.${body}`);
  return { body, headers: { ...named, 'webhook-signature': `v1,${mac.digest('base64')}` } };
}

const ENCODED = 'whsec_';

function keyOf(secret: string): Buffer {
  return secret.startsWith(ENCODED)
    ? Buffer.from(secret.slice(ENCODED.length), 'base64')
    : Buffer.from(secret);
}

function json(value: unknown): Message {
  return { body: JSON.stringify(value), headers: { 'content-type': 'application/json' } };
}
