import { readFileSync } from 'node:fs';

/** What one variant of the job took. Written as one line of JSON by the process that did it. */
export interface Measures {
  readonly wallMs: number;
  /** Of this process and every child it waited for. */
  readonly cpuSeconds: number;
  readonly maxRssMb: number;
  /** Bodies of all requests to the model. */
  readonly sentBytes: number;
  readonly firstRequestBytes: number;
  /** CPU of the twelve gates' checks alone, run once more by themselves; 0 where there are none. */
  readonly gateCpuSeconds: number;
  readonly done: number;
}

/** Clock ticks a second on Linux, whatever the machine. */
const TICKS = 100;

/** CPU seconds of this process and of the children it has waited for (fields 14 to 17 of stat). */
export function cpuSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0) / TICKS;
}

export function maxRssMb(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
