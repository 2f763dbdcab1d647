import { existsSync, readFileSync } from 'node:fs';
import { quietPipes } from './quiet-pipes.ts';

/** What `harness --help` says at the usual width; the build has asked the whole command line for it. */
const RENDERED = new URL('../help.txt', import.meta.url);

/** Width of the text, as commander has it where there is no terminal. */
const USUAL_WIDTH = 80;

/**
 * Answers `--help` with the text that was rendered when the program was built. False, with nothing
 * printed: it was another command, the terminal is too narrow, or the sources run as they are.
 */
export function quickHelp([word, ...more]: readonly string[]): boolean {
  if ((word !== '--help' && word !== '-h') || more.length > 0) return false;
  const narrow = process.stdout.isTTY && process.stdout.columns < USUAL_WIDTH;
  if (narrow || !existsSync(RENDERED)) return false;
  quietPipes();
  process.stdout.write(readFileSync(RENDERED));
  return true;
}
