import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, messageOf } from '../../domain/errors.ts';

export interface Message {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Posting {
  readonly url: string;
  /** Made anew for each try. */
  readonly message: () => Message;
  readonly signal: AbortSignal;
  /** Milliseconds before each further try. */
  readonly pauses: readonly number[];
  /** What is tried again: all but a refusal, or only what was surely not taken. */
  readonly again: 'unless refused' | 'where not taken';
}

/** How long one answer may take. */
const ANSWER_MS = 10_000;

/**
 * Posts until it is taken. What the other side answers counts by its status alone: nothing of it is read,
 * and no redirect is followed. A refusal is not repeated. Throws with the reason of the last try.
 */
export async function post(posting: Posting): Promise<void> {
  for (const pause of [...posting.pauses, null]) {
    const failure = await tryOnce(posting);
    if (failure === null) return;
    posting.signal.throwIfAborted();
    if (!failure.again || pause === null) throw new Error(failure.reason);
    await sleep(pause, undefined, { signal: posting.signal });
  }
}

interface Failure {
  readonly reason: string;
  readonly again: boolean;
}

async function tryOnce({ url, message, signal, again }: Posting): Promise<Failure | null> {
  const bold = again === 'unless refused';
  try {
    const response = await fetch(url, {
      method: 'POST',
      ...message(),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    // How it answered is known: that the rest of it can't be left in good order changes nothing.
    await response.body?.cancel().catch(() => undefined);
    if (response.ok) return null;
    const { status } = response;
    return { reason: `it answered ${status}`, again: status === 429 || (bold && status >= 500) };
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return {
      reason: messageOf(cause),
      again: bold || UNREACHED.some((code) => hasCode(cause, code)),
    };
  }
}

/** Codes of connections that did not come about, so that nothing was sent. */
const UNREACHED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];
