import type { Role } from '../../domain/attempt.ts';

/** A session whose attempt has not ended; times in RFC 3339, UTC. */
export interface OpenSession {
  readonly attemptId: string;
  readonly sessionId: string;
  readonly role: Role;
  readonly itemKey: string | null;
  /** Null until the session has started. */
  readonly model: string | null;
  readonly startedAt: string;
  /** Last sign of life; null before the first. */
  readonly lastEventAt: string | null;
  /** It is over, and what it made is being checked. */
  readonly handedIn: boolean;
}
