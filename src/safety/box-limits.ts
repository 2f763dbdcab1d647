import { totalmem } from 'node:os';

/** Sizes in bytes. */
export interface BoxLimits {
  readonly tmpBytes: number;
  readonly homeBytes: number;
  readonly sharedMemoryBytes: number;
  /** Of one file. */
  readonly fileBytes: number;
  readonly openFiles: number;
  /** Processes and threads of one box together. */
  readonly processes: number;
  /**
   * Of a whole box with what lies in its temporary folders, by its control group; without one, of
   * the data of each process.
   */
  readonly memoryBytes: number;
}

const GIB = 1024 ** 3;

/** A browser beside a build tool takes 500 threads; a bomb of twice that is still no burden. */
const PROCESSES = 2048;

/** Room for an `npm ci` with its cache in the home, and for a browser's shared memory. */
export const DEFAULT_LIMITS: BoxLimits = Object.freeze({
  tmpBytes: 2 * GIB,
  homeBytes: 2 * GIB,
  sharedMemoryBytes: GIB / 2,
  fileBytes: 4 * GIB,
  openFiles: 8192,
  processes: PROCESSES,
  memoryBytes: memoryShare(totalmem()),
});

/** What one box may take of a machine's memory: the most of it, so that one runaway leaves the rest alive. */
export function memoryShare(total: number): number {
  return Math.max(2 * GIB, Math.min(16 * GIB, Math.floor(total * 0.6)));
}

/** How the limits of processes and memory are held. */
export interface Holding {
  /** `nothing`: resource limits don't count root's processes, and outside of a box they count too many. */
  readonly processes: 'control group' | 'resource limit' | 'nothing';
  readonly memory: 'control group' | 'resource limit';
}

/**
 * Shell commands that set the limits of the process they run in; a limit already lower stays. The
 * shells disagree on the letter for processes.
 */
export function resourceLimits(limits: BoxLimits, holding: Holding): string {
  const { openFiles, fileBytes, processes, memoryBytes } = limits;
  const quiet = '2>/dev/null || :';
  return [
    'ulimit -c 0',
    `ulimit -n ${openFiles} ${quiet}`,
    `ulimit -f ${Math.floor(fileBytes / 512)} ${quiet}`,
    ...(holding.processes === 'resource limit'
      ? [`ulimit -u ${processes} 2>/dev/null || ulimit -p ${processes} ${quiet}`]
      : []),
    ...(holding.memory === 'resource limit'
      ? [`ulimit -d ${Math.floor(memoryBytes / 1024)} ${quiet}`]
      : []),
  ].join('; ');
}
