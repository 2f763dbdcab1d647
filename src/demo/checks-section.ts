import type { Check } from '../domain/check.ts';
import { readCheck } from '../phases/plan-output.ts';

/** What an issue says of how it is proved. */
export type SaidChecks =
  | { readonly kind: 'said'; readonly checks: readonly Check[] }
  /** It has no such section: a person's issue need not have one. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly fault: string };

const MOST_CHECKS = 20;

/** Heading of the section, of any level, with nothing else in its line. */
const HEADING = /^ {0,3}#{1,6}[ \t]+Checks[ \t]*#*[ \t]*$/iu;
const ANY_HEADING = /^ {0,3}#{1,6}[ \t]/u;
const FENCE = /^ {0,3}(?<marks>`{3,}|~{3,})(?<info>[^`]*)$/u;

/**
 * Reads the section `Checks` of an issue's description: one fenced block, a shell command a line, each
 * to exit 0. What stands in other fenced blocks is no heading. The text is an agent's or a person's:
 * two sections, two blocks or an open one are refused, since nobody knows which was meant.
 */
export function readChecks(description: string): SaidChecks {
  const sections = sectionsOf(description.replaceAll('\r\n', '\n').split('\n'));
  const [section, ...others] = sections;
  if (section === undefined) return { kind: 'none' };
  if (others.length > 0) return unreadable('there are several sections "Checks"');
  const { blocks, open } = blocksOf(section);
  if (open) return unreadable('the block of commands is not closed');
  const [block, ...more] = blocks;
  if (block === undefined || more.length > 0)
    return unreadable('the section "Checks" needs one fenced block of commands');
  return commandsIn(block);
}

function unreadable(fault: string): SaidChecks {
  return { kind: 'unreadable', fault };
}

function commandsIn(lines: readonly string[]): SaidChecks {
  const commands = lines.map((line) => line.trim()).filter((line) => line !== '');
  if (commands.length === 0) return unreadable('the section "Checks" holds no command');
  if (commands.length > MOST_CHECKS) return unreadable(`more than ${MOST_CHECKS} commands`);
  const checks = commands.map(commandOf);
  const bad = checks.findIndex((check) => check === undefined);
  if (bad >= 0) return unreadable(`command ${bad + 1} is too long or no line of text`);
  return { kind: 'said', checks: checks.filter((check) => check !== undefined) };
}

/** Undefined for what can't be shown in a line: a control character may hide the rest from a reader. */
function commandOf(run: string): Check | undefined {
  return /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(run)
    ? undefined
    : readCheck({ kind: 'command', run });
}

/** The lines of each section of this name, up to the next heading. */
function sectionsOf(lines: readonly string[]): string[][] {
  const sections: string[][] = [];
  let section: string[] | undefined;
  let fence: string | undefined;
  for (const line of lines) {
    const heading = fence === undefined && ANY_HEADING.test(line);
    fence = fenceAfter(fence, line);
    if (!heading) section?.push(line);
    else if (HEADING.test(line)) sections.push((section = []));
    else section = undefined;
  }
  return sections;
}

/** The fence that is open after this line; a closing one is at least as long and says nothing else. */
function fenceAfter(open: string | undefined, line: string): string | undefined {
  const { marks, info = '' } = FENCE.exec(line)?.groups ?? {};
  if (marks === undefined) return open;
  if (open === undefined) return marks;
  const closes = marks[0] === open[0] && marks.length >= open.length && info.trim() === '';
  return closes ? undefined : open;
}

function blocksOf(lines: readonly string[]): {
  readonly blocks: readonly (readonly string[])[];
  readonly open: boolean;
} {
  const blocks: string[][] = [];
  let fence: string | undefined;
  for (const line of lines) {
    const before = fence;
    fence = fenceAfter(fence, line);
    if (before === undefined && fence !== undefined) blocks.push([]);
    else if (before !== undefined && fence !== undefined) blocks.at(-1)?.push(line);
  }
  return { blocks, open: fence !== undefined };
}
