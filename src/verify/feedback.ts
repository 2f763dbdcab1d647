import { describeCheck, type Evidence } from '../domain/check.ts';

/** Room for all of it in the next prompt, characters: enough for several test reports' ends. */
const ROOM = 6144;

/**
 * What the agent is told about checks that did not pass: which, how they ended, and the end of
 * their output, the room shared evenly. Empty when all passed.
 */
export function feedbackOf(evidence: readonly Evidence[]): string {
  const red = evidence.filter((piece) => piece.verdict !== 'passed');
  if (red.length === 0) return '';
  const heading = `${red.length} of ${evidence.length} checks did not pass.`;
  const share = Math.floor((ROOM - heading.length) / red.length) - 2;
  return [heading, ...red.map((piece) => paragraph(piece, share))].join('\n\n').slice(0, ROOM);
}

function paragraph(piece: Evidence, share: number): string {
  const title = `- ${oneLine(describeCheck(piece.check))}: ${endOf(piece)}`;
  const room = share - title.length - 1;
  const tail = piece.tail.trim();
  if (tail === '' || room < 80) return title.slice(0, Math.max(share, 0));
  return `${title}\n${tail.length <= room ? tail : `…${tail.slice(1 - room)}`}`;
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/gu, ' ');
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`;
}

function endOf({ verdict, exit }: Evidence): string {
  if (verdict === 'could_not_run') return 'could not run';
  return exit === null ? 'failed' : `failed with exit ${exit}`;
}
