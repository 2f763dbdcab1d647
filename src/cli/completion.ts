import type { Command } from 'commander';
import addTab from '@bomb.sh/tab/commander';

/** The script of a shell (`completion SHELL`), and the answers to what it asks (`complete -- WORDS`). */
export function addCompletion(program: Command): void {
  addTab(program, { completionCommandName: 'completion' });
}
