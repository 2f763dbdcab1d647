import type { Usage } from '../../domain/usage.ts';
import { dollars } from '../table.ts';

/** `0:41`, `12:05`, `1:02:03`. */
export function clockOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** An estimate, no more exact than it is: `under a minute`, `about 12 min`, `about 3 h`. */
export function roughly(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return 'under a minute';
  return minutes < 90 ? `about ${minutes} min` : `about ${Math.round(minutes / 60)} h`;
}

/** `950`, `12.3k`, `4.5M`. */
export function compact(number: number): string {
  if (number < 1000) return String(number);
  return number < 999_950
    ? `${(number / 1000).toFixed(1)}k`
    : `${(number / 1_000_000).toFixed(1)}M`;
}

/** Tokens, and what they cost; a script's cost nothing, and what is not known is said to be unknown. */
export function spentOf(usage: Usage | null, rehearsal: boolean): string {
  if (usage === null) return '';
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, costUsd } = usage;
  const tokens = inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens;
  return `${compact(tokens)} tok${rehearsal ? '' : ` ${costUsd === null ? 'cost unknown' : dollars(costUsd)}`}`;
}
