import { createHmac, randomUUID } from 'node:crypto';
import type { Change, Store } from './store.ts';

export interface WebhookOrder {
  readonly url: string;
  readonly secret: string;
}

export interface Delivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TOLD: Readonly<Record<string, string>> = {
  Issue: 'Issue',
  Comment: 'Comment',
  Project: 'Project',
  IssueLabel: 'IssueLabel',
  Attachment: 'Attachment',
};

/** A change as Linear tells of it: signed over the exact bytes of the body. */
export function deliveryOf(change: Change, secret: string, now: number): Delivery {
  const { action, entity, before } = change;
  const body = JSON.stringify({
    action,
    type: TOLD[entity.kind],
    data: dataOf(change),
    ...(action === 'update' ? { updatedFrom: before } : {}),
    createdAt: entity.updatedAt,
    url: `https://linear.app/fake/${entity.id}`,
    organizationId: 'fake',
    webhookId: 'fake',
    webhookTimestamp: now,
  });
  return {
    body,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'linear-delivery': randomUUID(),
      'linear-event': TOLD[entity.kind] ?? '',
      'linear-signature': createHmac('sha256', secret).update(body).digest('hex'),
    },
  };
}

function dataOf({ entity }: Change): object {
  const { kind: _kind, ...data } = entity;
  return data;
}

/** Sends every change; `settled` resolves once all that happened until now was answered or gave up. */
export function sendWebhooks(
  store: Store,
  { url, secret }: WebhookOrder,
  now: () => number,
): { settled(): Promise<void> } {
  let last: Promise<unknown> = Promise.resolve();
  store.onChange((change) => {
    if (TOLD[change.entity.kind] === undefined) return;
    const { headers, body } = deliveryOf(change, secret, now());
    last = last.then(() => fetch(url, { method: 'POST', headers, body }).catch(() => undefined));
  });
  return {
    async settled() {
      await last;
    },
  };
}
