import type { ApprovalRows } from './run-store/approvals.ts';
import type { AttemptRows } from './run-store/attempts.ts';
import type { DeploymentRows } from './run-store/deployments.ts';
import type { EventRows } from './run-store/events.ts';
import type { ItemRows } from './run-store/items.ts';
import type { NoticeRows } from './run-store/notices.ts';
import type { OutboxRows } from './run-store/outbox.ts';
import type { PhaseRows } from './run-store/phases.ts';
import type { ProjectStore } from './run-store/projects.ts';
import type { RequestRows } from './run-store/requests.ts';
import type { ReservationRows } from './run-store/reservations.ts';
import type { RunRows } from './run-store/runs.ts';
import type { UsageRows } from './run-store/usage.ts';
import type { WorkerRows } from './run-store/workers.ts';

/* The front door of the store's ports; each has a file of its own in `run-store/`. */
export type { ApprovalRows } from './run-store/approvals.ts';
export type { AttemptRows } from './run-store/attempts.ts';
export type { DeploymentRows, DeployStart } from './run-store/deployments.ts';
export type { EventRows } from './run-store/events.ts';
export type { InTransaction } from './run-store/in-transaction.ts';
export type { ClaimedItem, ItemEdit, ItemRows, ItemStanding } from './run-store/items.ts';
export type { NoticeRows } from './run-store/notices.ts';
export type { OpenSession } from './run-store/open-session.ts';
export type { OutboxOp, OutboxRows } from './run-store/outbox.ts';
export type { PhaseRows } from './run-store/phases.ts';
export type { ProjectStore } from './run-store/projects.ts';
export type { ChangeQuestion, Question } from './run-store/questions.ts';
export type { RequestRows, StoredAnswer } from './run-store/requests.ts';
export type {
  CapReached,
  Caps,
  Held,
  Reservation,
  ReservationRows,
} from './run-store/reservations.ts';
export type { RunKey, SeenRun } from './run-store/run-key.ts';
export type { RunRows } from './run-store/runs.ts';
export type { UsageEntry, UsageRows } from './run-store/usage.ts';
export type { Worker, WorkerIdentity, WorkerRows } from './run-store/workers.ts';

/**
 * The stored truth about runs. Every method is one transaction that ends by appending its events,
 * so state and events never disagree. The database's clock only. Writes that carry a Fence touch
 * nothing and return false when a newer execution of the attempt exists or it has ended.
 */
export interface RunStore {
  readonly projects: ProjectStore;
  readonly runs: RunRows;
  readonly phases: PhaseRows;
  readonly items: ItemRows;
  readonly attempts: AttemptRows;
  readonly approvals: ApprovalRows;
  readonly events: EventRows;
  readonly usage: UsageRows;
  readonly reservations: ReservationRows;
  readonly workers: WorkerRows;
  readonly outbox: OutboxRows;
  readonly deployments: DeploymentRows;
  readonly requests: RequestRows;
  readonly notices: NoticeRows;
  /** Stops listening; what it stands on stays its owner's to close. */
  close(): Promise<void>;
}
