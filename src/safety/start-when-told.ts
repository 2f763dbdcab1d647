import type { ChildProcess } from 'node:child_process';
import { Duplex } from 'node:stream';

/** Setup takes 10 ms; one that hangs this long, on a dead mount, is killed all the same. */
const PATIENCE_MS = 2000;

/**
 * What a sealed process runs before its command: once the first process of the box sleeps, which is
 * after it tied its life to its parent's, it says that it is up and waits for the word. The far end
 * of descriptor 3 is the harness itself, so when that is gone there is no word.
 */
export const WAIT_FOR_WORD =
  'while read -r _ _ box_state _ </proc/1/stat && [ "$box_state" != S ]; do :; done; echo up >&3; read -r box_word <&3 || exit 125; exec 3>&-';

/**
 * Closes a gap of bubblewrap: until its setup is through, its first process inside outlives its
 * killed parent, and would run the command with nobody left to end it. So the command starts only
 * when told, and a kill that comes earlier takes effect when the box is up: nothing has run by then.
 */
export function startWhenTold(child: ChildProcess): ChildProcess {
  const line = child.stdio[3];
  if (!(line instanceof Duplex)) return child;
  const kill = child.kill.bind(child);
  let phase: 'starting' | 'doomed' | 'up' = 'starting';
  child.kill = (signal) => {
    const open = child.pid !== undefined && child.exitCode === null && child.signalCode === null;
    if (phase === 'up' || signal === 0 || !open) return kill(signal);
    if (phase === 'starting') endLater();
    phase = 'doomed';
    return true;
  };
  line.once('data', () => {
    if (phase === 'doomed') {
      kill('SIGKILL');
      return;
    }
    phase = 'up';
    line.end('go\n');
  });
  line.resume();
  // The box ended before it could be told; its exit says why.
  line.on('error', () => line.destroy());
  return child;

  function endLater(): void {
    const timer = setTimeout(() => kill('SIGKILL'), PATIENCE_MS);
    child.once('exit', () => clearTimeout(timer));
  }
}
