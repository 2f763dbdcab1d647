import type { Board } from './board.ts';
import type { LinearClient } from './client.ts';
import type { LabelBook } from './labels.ts';
import type { Workspace } from './workspace.ts';

/** What every verb of the tracker works with. */
export interface Linear {
  readonly client: LinearClient;
  readonly workspace: Workspace;
  readonly labels: LabelBook;
  readonly board: Board;
  readonly newId: () => string;
}
