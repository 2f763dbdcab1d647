import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Merge trains: of the proofs of one project each is built on the merge of the one ahead, and its checks
 * run beside those of the one ahead. If that one comes to main, what was judged is what becomes main; if
 * not, all behind it are built anew. Only in this process: compare-and-swap decides between processes.
 */
export interface Trains {
  /** Resolves when this proof may begin, or the signal fires. */
  join(name: string, how: Joining): Promise<Place>;
}

/**
 * `overtaking`: built on main as it is, whoever is ahead. `alone`: the same, after all ahead; and nobody that
 * joins behind it begins before it has left.
 */
export type Way = 'behind' | 'overtaking' | 'alone';

/** How a proof joins. */
interface Joining {
  readonly how: Way;
  readonly signal: AbortSignal;
}

/** A proof's place behind others. */
export interface Place {
  /** What main is once all ahead have come to it; undefined: main as it is. */
  readonly ahead: string | undefined;
  /** Aborted as soon as main can't become `ahead` any more. */
  readonly inVain: AbortSignal;
  /** Lets the next one be built on this commit. */
  build(commit: string): void;
  /** Resolves when all ahead have left or `signal` fires; false: the patience was over before. */
  first(signal: AbortSignal): Promise<boolean>;
  /** To be called at the end, once. `came`: main is what this place built. */
  leave(came: boolean): void;
}

/** How trains run. */
export interface TrainOrder {
  /** Checks of so many proofs run at once. */
  readonly width: number;
  /** A slow proof holds those behind it for so long; then they overtake it. */
  readonly patienceMs: number;
}

interface Car {
  readonly alone: boolean;
  readonly built: PromiseWithResolvers<string | undefined>;
  readonly gone: PromiseWithResolvers<void>;
  readonly fall: AbortController;
  /** The one whose merge this one is built on. */
  on: Car | undefined;
  left: boolean;
}

/** Trains by name, empty at first. */
export function createTrains(order: TrainOrder): Trains {
  const lines = new Map<string, Set<Car>>();
  return {
    async join(name, { how, signal }) {
      const line = lines.get(name) ?? new Set<Car>();
      lines.set(name, line);
      const all = [...line];
      const car = newCar(how === 'alone');
      line.add(car);
      await barred(all, car, signal);
      const before = how === 'overtaking' ? [] : all.filter(({ left }) => !left);
      const ready = readied(before, order.width);
      const waited = Promise.race([ready, fired(signal)]);
      const commit = await within(waited, order.patienceMs);
      const next = before.at(-1);
      const ahead = next === undefined || isOut(next) ? undefined : commit;
      if (ahead !== undefined) car.on = next;
      const leave = (came: boolean): void => {
        depart(line, car, came);
        if (line.size === 0 && lines.get(name) === line) lines.delete(name);
      };
      return placeOf({ car, before, ahead, leave }, order);
    },
  };
}

function newCar(alone: boolean): Car {
  const built = Promise.withResolvers<string | undefined>();
  const gone = Promise.withResolvers<void>();
  return { alone, built, gone, fall: new AbortController(), on: undefined, left: false };
}

/** Waits for those whom this one must let go first, however long they take. */
async function barred(ahead: readonly Car[], { alone }: Car, signal: AbortSignal): Promise<void> {
  const first = alone ? ahead : ahead.filter((car) => car.alone);
  if (first.length === 0) return;
  await Promise.race([Promise.all(first.map(({ gone }) => gone.promise)), fired(signal)]);
}

/** Waits until not too many are ahead and the next one ahead is built: what this one is to be built on. */
async function readied(before: readonly Car[], width: number): Promise<string | undefined> {
  await before.at(-width)?.gone.promise;
  return before.at(-1)?.built.promise;
}

const isOut = ({ left, fall }: Car): boolean => left || fall.signal.aborted;

interface Standing {
  readonly car: Car;
  readonly before: readonly Car[];
  readonly ahead: string | undefined;
  readonly leave: (came: boolean) => void;
}

function placeOf({ car, before, ahead, leave }: Standing, { patienceMs }: TrainOrder): Place {
  return {
    ahead,
    inVain: car.fall.signal,
    build: car.built.resolve,
    async first(signal) {
      const clear = Promise.all(before.map(({ gone }) => gone.promise));
      const over = Promise.race([clear, fired(signal)]).then(() => true);
      return (await within(over, patienceMs)) ?? false;
    },
    leave,
  };
}

function depart(line: Set<Car>, car: Car, came: boolean): void {
  car.left = true;
  line.delete(car);
  if (!came) fallBehind(line, car);
  car.built.resolve(undefined);
  car.gone.resolve();
}

/** All that were built on this one were built on what will not be. */
function fallBehind(line: ReadonlySet<Car>, car: Car): void {
  for (const other of line) {
    if (other.on !== car) continue;
    other.on = undefined;
    other.fall.abort();
    fallBehind(line, other);
  }
}

function fired(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** What the promise gives, or undefined after this time. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const patience = new AbortController();
  const over = sleep(ms, undefined, { signal: patience.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, over]);
  } finally {
    patience.abort();
  }
}
