import { judgeWord } from './call.ts';
import type { Call } from './spec.ts';
import { quoted, refuse } from './verdict.ts';
import { literalOf, leadOf } from './word.ts';
import { refusePackage } from './check-wrappers.ts';

/** npm run NAME: its script is the project's own; what follows is for the script. */
export function npmRunCheck(call: Call): void {
  for (const word of call.operands.slice(1)) judgeWord(call, word, 'tool');
  const flags = call.operands.slice(1, endOfOwn(call));
  for (const word of flags)
    if (
      /^--(?:script-shell|shell|node-options|userconfig|globalconfig|registry|cache)\b/u.test(
        leadOf(word),
      )
    )
      refuse('option', `npm ${quoted(word.source)} changes what npm runs.`, 'Leave it out.');
}

/** npm reads its own options up to `--`. */
function endOfOwn({ operands }: Call): number {
  const at = operands.findIndex((word) => literalOf(word) === '--');
  return at < 0 ? operands.length : at;
}

/** What is installed comes from a registry, or from the project. */
export function packagesCheck({ operands }: Call): void {
  for (const word of operands) refusePackage(word);
}

const KEYS =
  /^(?:progress|loglevel|fund|audit|color|save-exact|save-prefix|update-notifier|engine-strict|legacy-peer-deps|package-lock|fetch-retries|fetch-timeout|fetch-retry-mintimeout|fetch-retry-maxtimeout|prefer-offline|init-license|init-version|maxsockets)(?:=.*)?$/u;

/** config: reads anything, sets only what runs nothing. */
export function npmConfigCheck({ operands }: Call): void {
  const [verb, key] = operands.map((word) => literalOf(word) ?? '');
  if (verb === undefined || /^(?:get|list|ls|delete)$/u.test(verb)) return;
  if (verb !== 'set' || key === undefined || !KEYS.test(key))
    refuse(
      'argument',
      `npm config ${verb} ${key ?? ''} may change what npm runs.`,
      'The operator sets it up.',
    );
}
