import { z } from 'zod';
import type { SessionEnd } from '../../../sessions/agent.ts';
import { reasonOf } from './text.ts';

/** The CLI's last word on a session, as far as its end depends on it. */
export const resultSchema = z.looseObject({
  type: z.literal('result'),
  subtype: z.string(),
  is_error: z.boolean(),
  api_error_status: z.number().nullish(),
  terminal_reason: z.string().nullish(),
  result: z.string().optional(),
  errors: z.array(z.string()).optional(),
  structured_output: z.unknown().optional(),
});
/** The last message of a session, as the program writes it. */
export type Result = z.infer<typeof resultSchema>;

/** What earlier messages told that the result alone does not. */
export interface Circumstances {
  /** Kind of API error the last assistant message stood for; null: it was an answer. */
  readonly error: string | null;
  /** When the provider's limit resets, RFC 3339; null: not told. */
  readonly until: string | null;
  /** Whether the order asked for structured output. */
  readonly structured: boolean;
}

/** Kinds of API error that no retry can mend: a person has to see to the credential. */
const REFUSALS: ReadonlySet<string> = new Set([
  'authentication_failed',
  'oauth_org_not_allowed',
  'account_on_hold',
  'verification_required',
  'billing_error',
  'cloud_credential_error',
]);

const REFUSED_STATUS: ReadonlySet<number> = new Set([401, 402, 403]);

/** Whether this kind of API error means that the credential was refused. */
export function isRefusal(error: string): boolean {
  return REFUSALS.has(error);
}

/**
 * How the session ended. API failures come as `success` with `is_error`, so only fields decide,
 * never the prose: an agent may write any sentence.
 */
export function endOf(result: Result, seen: Circumstances): SessionEnd {
  if (result.is_error || result.subtype !== 'success') return errorEnd(result, seen);
  const reason = result.terminal_reason ?? 'completed';
  if (reason !== 'completed') return { status: 'failed', reason: `The session ended: ${reason}` };
  if (seen.structured && result.structured_output === undefined)
    return { status: 'failed', reason: 'The agent ended without the structured answer asked for.' };
  return {
    status: 'completed',
    text: result.result ?? '',
    output: result.structured_output ?? null,
  };
}

function errorEnd(result: Result, seen: Circumstances): SessionEnd {
  const reason = reasonOf(sentenceOf(result));
  const status = result.api_error_status ?? null;
  if (isRefusal(seen.error ?? '') || REFUSED_STATUS.has(status ?? 0))
    return { status: 'refused', reason };
  if (seen.error === 'rate_limit' || status === 429)
    return { status: 'limited', until: seen.until, reason };
  return { status: 'failed', reason };
}

function sentenceOf(result: Result): string {
  const text = withoutAdvice(result.result ?? result.errors?.join('; ') ?? '');
  const kind = result.subtype === 'success' ? (result.terminal_reason ?? 'error') : result.subtype;
  return text === '' ? kind : `${kind}: ${text}`;
}

/** What the CLI adds to an error of the API: about its own end of the wire, which no operator knows. */
const ADVICE =
  /\s*(?:This is a server-side issue, usually temporary[^.]*\.|If it persists, check your inference gateway \([^)]*\)\.)/gu;

function withoutAdvice(text: string): string {
  return text.replaceAll(ADVICE, '');
}
