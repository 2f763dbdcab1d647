import type { Values } from './store.ts';

/**
 * What happens instead of a right answer. `lost_answer` carries the request out and then hangs up, as
 * a crash or a cut line does; all others leave everything as it was. `silence` never answers, and `drip` never
 * ends.
 */
export interface Fault {
  readonly kind:
    | 'hang_up'
    | 'silence'
    | 'drip'
    | 'lost_answer'
    | 'server_error'
    | 'web_page'
    | 'cut_json'
    | 'wrong_shape'
    | 'graphql_error'
    | 'ratelimited'
    | 'too_many_requests'
    | 'unauthorized';
  /** Only operations with this root field; any by default. */
  readonly on?: string;
  /** How many requests it meets; one by default. */
  readonly times?: number;
  /** Passed over before it begins; none by default. */
  readonly after?: number;
  /** Over those of the limits. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What `wrong_shape` gives as `data`. */
  readonly data?: unknown;
  /** What `graphql_error` says. */
  readonly error?: { readonly message: string; readonly extensions?: Values };
}

export interface Faults {
  order(fault: Fault): void;
  /** The one that meets this request, taken off its count. */
  next(fields: readonly string[]): Fault | undefined;
  clear(): void;
}

export function createFaults(): Faults {
  let waiting: { fault: Fault; skip: number; left: number }[] = [];
  return {
    order: (fault) => void waiting.push({ fault, skip: fault.after ?? 0, left: fault.times ?? 1 }),
    next(fields) {
      const found = waiting.find(
        ({ fault, left }) => left > 0 && (fault.on === undefined || fields.includes(fault.on)),
      );
      if (found === undefined) return undefined;
      if (found.skip > 0) {
        found.skip -= 1;
        return undefined;
      }
      found.left -= 1;
      waiting = waiting.filter(({ left }) => left > 0);
      return found.fault;
    },
    clear() {
      waiting = [];
    },
  };
}
