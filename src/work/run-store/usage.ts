import type { Role } from '../../domain/attempt.ts';
import type { PhaseName } from '../../domain/phase.ts';
import type { Usage } from '../../domain/usage.ts';

/** What one answered request took, and for whom. */
export interface UsageEntry {
  /** Unique in the project. */
  readonly requestId: string;
  readonly projectId: string;
  readonly runId: string;
  readonly sessionId: string;
  readonly phase: PhaseName;
  readonly role: Role;
  readonly itemKey: string | null;
  readonly model: string;
  readonly usage: Usage;
}

/** Tokens, and US dollars or null: one request of unknown price makes a whole sum unknown (I5). */
export interface UsageRows {
  /** Idempotent by request id. */
  add(entry: UsageEntry): Promise<void>;
  /** Of all sessions of the run so far, failed ones too. */
  total(runId: string): Promise<Usage>;
  /** The same in parts; `name` is empty for requests that belong to no item. */
  by(
    runId: string,
    dimension: 'phase' | 'item' | 'model' | 'session',
  ): Promise<readonly { readonly name: string; readonly usage: Usage }[]>;
}
