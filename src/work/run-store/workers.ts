/** A process that carries out runs, so that others on its machine can tell whether it lives. */
export interface WorkerIdentity {
  /** Never used twice, also not by the same process. */
  readonly executorId: string;
  /** The machine, and which of its boots: pids say nothing across them. */
  readonly hostId: string;
  readonly bootId: string;
  readonly pid: number;
  /** Start time of the process in clock ticks since boot: tells a reused pid. */
  readonly pidStarted: string;
  /** It takes runs with the same label only. */
  readonly label: string;
}

/** A process that takes part. */
export interface Worker extends WorkerIdentity {
  /** It takes only work items that carry one of these, and carries out nothing else; none: everything. */
  readonly labels: readonly string[];
}

/** One that has neither left nor been declared dead. */
interface LiveWorker extends Worker {
  /** Its lease ran out, and nobody has declared it dead yet: it was stopped, hangs, or died. */
  readonly overdue: boolean;
}

/** Workers and their leases, in milliseconds from now by the database's clock. */
export interface WorkerRows {
  /** Before it takes any work. */
  join(worker: Worker, leaseMs: number): Promise<void>;
  /** False: the lease is lost. */
  beat(executorId: string, leaseMs: number): Promise<boolean>;
  /** Ends its lease in good order; no-op when it is lost. */
  leave(executorId: string): Promise<void>;
  /** Declares dead whose lease ran out, and `known dead` ones at once; returns the ids. */
  reap(by: string, knownDead: readonly string[]): Promise<readonly string[]>;
  /** Neither left nor declared dead; some may have died since their last beat. */
  live(): Promise<readonly LiveWorker[]>;
}
