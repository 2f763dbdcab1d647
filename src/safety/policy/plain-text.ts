import { quoted, refuse } from './verdict.ts';

/** What means something to bash unless it is quoted or escaped. */
const MEANINGS = {
  unquoted: /[`()<>|&;"'\n]|\$[\w{('"[?#!@*$-]/u,
  quotes: /`|\$[\w{([?#!@*$-]/u,
  /** That of `=~` may have groups. */
  pattern: /[`<>&;"'\n]|\$[\w{('"[?#!@*$-]/u,
} as const;

/**
 * A second look at what the parser took for plain text: nothing in it may mean more to bash. What
 * does was read wrongly.
 */
export function refuseMeaning(text: string, where: keyof typeof MEANINGS): void {
  const bare = text.replaceAll(/\\[\s\S]/gu, '');
  if (MEANINGS[where].test(bare))
    refuse(
      'syntax',
      `${quoted(text)} is not read as plain text by every shell.`,
      'Quote it, or write it more simply.',
    );
}
