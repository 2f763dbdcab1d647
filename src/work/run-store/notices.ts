import type { StoredEvent } from '../../domain/event.ts';

/** What people were told outside of the terminal: each fact at most once by each notifier. */
export interface NoticeRows {
  /**
   * What may be news of runs with this label that name this notifier in their settings, stored no longer than
   * `withinMs` ago, that it has not begun to tell; the oldest first.
   */
  due(order: {
    readonly label: string;
    readonly notifier: string;
    readonly withinMs: number;
  }): Promise<readonly StoredEvent[]>;
  /** Takes it upon the caller, for good: false when anybody did before. */
  begin(told: Pick<StoredEvent, 'projectId' | 'id'>, notifier: string): Promise<boolean>;
}
