/** What one box may take; sizes in bytes. */
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

/** Limits as configured. Memory is null where it depends on the machine. */
export type BoxLimitSettings = Omit<BoxLimits, 'memoryBytes'> & {
  readonly memoryBytes: number | null;
};

export const GIB = 1024 ** 3;

/** A browser beside a build tool takes 500 threads; a bomb of twice that is still no burden. */
const PROCESSES = 2048;

/** Room for an `npm ci` with its cache in the home, and for a browser's shared memory. */
export const USUAL_LIMITS: BoxLimitSettings = Object.freeze({
  tmpBytes: 2 * GIB,
  homeBytes: 2 * GIB,
  sharedMemoryBytes: GIB / 2,
  fileBytes: 4 * GIB,
  openFiles: 8192,
  processes: PROCESSES,
  memoryBytes: null,
});
