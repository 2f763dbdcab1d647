const ENGLISH = 'en';

/** `$1.23`, `$0.0042`, `unknown`: unknown is never shown as zero. */
export function money(usd: number | null): string {
  if (usd === null) return 'unknown';
  const digits = usd !== 0 && Math.abs(usd) < 0.01 ? 4 : 2;
  return `$${usd.toLocaleString(ENGLISH, { minimumFractionDigits: 2, maximumFractionDigits: digits })}`;
}

/** `950`, `12.3k`, `4.1M`. */
export function tokens(count: number): string {
  if (count < 1000) return String(count);
  const [value, unit] = count < 999_950 ? [count / 1000, 'k'] : [count / 1_000_000, 'M'];
  return `${value.toFixed(value < 100 ? 1 : 0).replace(/\.0$/u, '')}${unit}`;
}

/** `0.4s`, `42s`, `3m 07s`, `2h 05m`, `3d 4h`. */
export function duration(ms: number): string {
  if (ms > 0 && ms < 1000) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${two(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${two(minutes % 60)}m`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** How long something went on: until its end, or until now. */
export function elapsed(from: string, until: string | null, now: number): string {
  return duration((until === null ? now : Date.parse(until)) - Date.parse(from));
}

/** How long a run was carried out: the time it waited for an answer or stood still is left out. */
export function workTime(
  { ms, since }: { readonly ms: number; readonly since: string | null },
  now: number,
): string {
  return duration(ms + (since === null ? 0 : Math.max(0, now - Date.parse(since))));
}

/** `just now`, `5 min ago`, `3 h ago`, then the date. */
export function ago(at: string, now: number): string {
  const minutes = Math.floor((now - Date.parse(at)) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 60 * 24) return `${Math.floor(minutes / 60)} h ago`;
  return at.slice(0, 10);
}

/** `14:03:59` in the reader's time. */
export function clock(at: string): string {
  return new Date(at).toLocaleTimeString(ENGLISH, { hour12: false });
}

/** `task_breakdown` as people read it: `Task breakdown`. */
export function words(name: string): string {
  const text = name.replaceAll('_', ' ');
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** An idea in one line: without the marks of its headings. */
export function gist(idea: string): string {
  return idea
    .replaceAll(/^#+\s*(.*?)[.:]?\s*$/gmu, '$1.')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

/** `1 item`, `3 items`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** How many agents are at work: `3`, or `3, and 2 being checked`. */
export function headcount(sessions: readonly { readonly checked: boolean }[]): string {
  const checked = sessions.filter((one) => one.checked).length;
  return checked === 0
    ? `${sessions.length}`
    : `${sessions.length - checked}, and ${checked} being checked`;
}
