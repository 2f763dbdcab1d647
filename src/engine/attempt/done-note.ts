import { describeCheck, type Evidence } from '../../domain/check.ts';
import type { FileChange } from '../../workspaces/attempt-work.ts';

/** More names than a person reads in a comment. */
const MOST = 30;

/** What people read in the tracker of finished work: the commit, what changed, and what proved it. */
export function doneNote(
  commit: string,
  evidence: readonly Evidence[],
  files: readonly FileChange[],
): string {
  return [
    `Done: ${commit}`,
    '',
    'Files:',
    ...listed(files.map(({ deed, path }) => `${deed} ${path}`)),
    '',
    'Proved on exactly that tree by:',
    ...listed(evidence.map(({ check, verdict }) => `${describeCheck(check)} (${verdict})`)),
  ].join('\n');
}

function listed(lines: readonly string[]): string[] {
  const shown = lines.slice(0, MOST).map((line) => `- ${line.replaceAll(/\p{C}/gu, '?')}`);
  return lines.length > MOST ? [...shown, `- and ${lines.length - MOST} more`] : shown;
}
