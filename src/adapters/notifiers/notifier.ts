import type { News, Notice } from '../../domain/news.ts';

/** Tells people something, by one way out of here. */
export interface Notifier {
  /** Always the same for the same way; holds no secret. */
  readonly id: string;
  /** For people: its type. */
  readonly type: string;
  readonly on: readonly News[];
  /** Resolves when it is told. Throws with the reason when it could not be, or when `signal` fires. */
  tell(notice: Notice, signal: AbortSignal): Promise<void>;
}
