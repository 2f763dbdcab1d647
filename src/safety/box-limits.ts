import { totalmem } from 'node:os';
import { GIB, USUAL_LIMITS, type BoxLimits, type BoxLimitSettings } from '../domain/box-limits.ts';

/** The limits of a box on this machine: as configured, else the usual ones. */
export function limitsHere(settings: Partial<BoxLimitSettings> = {}): BoxLimits {
  const { memoryBytes, ...rest } = { ...USUAL_LIMITS, ...settings };
  return { ...rest, memoryBytes: memoryBytes ?? memoryShare(totalmem()) };
}

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
