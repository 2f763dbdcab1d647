import { HarnessError } from '../../../domain/errors.ts';

/** Where a person makes a key. */
const KEYS_PAGE = 'https://linear.app/YOUR-TEAM/settings/api';

/** The free plan's, of issues that are not archived (Linear's price list, 2026). */
export const FREE_ISSUES = 250;

/** The key is wrong, or may not do this. */
export function denied(what: string): HarnessError {
  return new HarnessError(
    'TRACKER_DENIED',
    `Linear refused the key in LINEAR_API_KEY (${clause(what)}): make one with write access to the team at ${KEYS_PAGE}, set it, then \`harness resume\``,
    { exit: 4 },
  );
}

/** What an hour allows is used up. `until`: when it is full again, ISO time. */
export function limited(until: string): HarnessError & { readonly until: string } {
  const error = new HarnessError(
    'TRACKER_LIMITED',
    `Linear's hourly limit for this key is used up until ${until}: the run waits for it; \`harness resume\` goes on with one that was parked`,
    { exit: 75 },
  );
  return Object.assign(error, { until });
}

/** No answer, or none that makes sense; nothing was lost, every write is safe to repeat. */
export function unreachable(what: string, cause?: unknown): HarnessError {
  return new HarnessError(
    'TRACKER_UNREACHABLE',
    `Linear does not answer as it should (${plain(what)}): it is asked again; if that lasts, check the connection and LINEAR_API_URL`,
    { exit: 75, cause },
  );
}

/** Linear understood and said no. */
export function refused(what: string): HarnessError {
  return noOf('TRACKER_REFUSED', what);
}

/** What was named is not there any more: see {@link GONE}. */
export function gone(what: string): HarnessError {
  return noOf(GONE, what);
}

/** Something that a write names was deleted: the issue, or a state that its team had. */
export const GONE = 'TRACKER_GONE';

/** The issue is of another team by now: see {@link MOVED}. */
export function moved(what: string): HarnessError {
  return noOf(MOVED, what);
}

/** A write named what belongs to the team that the issue was of when it was read. */
export const MOVED = 'TRACKER_MOVED';

function noOf(code: string, what: string): HarnessError {
  return new HarnessError(
    code,
    `Linear refused a write: ${clause(what)}. Mend that in Linear, then \`harness resume\``,
    { exit: 2 },
  );
}

/** The plan has no room for the issues. */
export function full(what: string): HarnessError {
  return new HarnessError(
    'TRACKER_FULL',
    `${clause(what)}: delete or archive issues in Linear, or take a paid plan, or set backend.type to json or postgres`,
    { exit: 2 },
  );
}

/** The id is taken: somebody did it already, perhaps we ourselves before a crash. */
export const TAKEN = 'LINEAR_ID_TAKEN';

/** Words of others in a message of ours: one line, without control characters, of bounded length. */
export function plain(text: string): string {
  return text.replaceAll(/\p{C}+/gu, ' ').slice(0, 300);
}

/** The same as a part of a sentence. */
function clause(text: string): string {
  return plain(text).replace(/[\s.]+$/u, '');
}
