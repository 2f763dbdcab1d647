import type { z } from 'zod';
import type { HarnessEvent } from '../domain/event.ts';
import type * as requests from './contract/requests.ts';
import type * as answers from './contract/resources.ts';

/*
 * What the API says and takes, for its clients: the schemas beside validate at the door and stand in
 * /openapi.json. Times are RFC 3339 UTC; money is US dollars, and null where it is not known (I5).
 */

export type Project = z.output<typeof answers.project>;
export type Run = z.output<typeof answers.run>;
export type Phase = z.output<typeof answers.phase>;
export type WorkItem = z.output<typeof answers.workItem>;
export type Session = z.output<typeof answers.session>;
export type Approval = z.output<typeof answers.approval>;
export type Answered = z.output<typeof answers.answered>;
export type Why = z.output<typeof answers.why>;
export type Cost = z.output<typeof answers.cost>;
export type Usage = z.output<typeof answers.usage>;
export type WorkCounts = z.output<typeof answers.workCounts>;
export type Board = z.output<typeof answers.board>;
export type Transcript = z.output<typeof answers.transcript>;
export type Diff = z.output<typeof answers.diff>;
export type Problem = z.output<typeof answers.problem>;
export type Health = z.output<typeof answers.health>;
export type HealthDetailed = z.output<typeof answers.healthDetailed>;
export type ProjectPage = z.output<typeof answers.projectPage>;
export type WorkItemPage = z.output<typeof answers.itemPage>;
export type SessionPage = z.output<typeof answers.sessionPage>;
export type DocumentList = z.output<typeof answers.documentList>;
export type ApprovalList = z.output<typeof answers.approvalList>;
export type CreateProject = z.input<typeof requests.createProject>;
export type ChangeProject = z.input<typeof requests.changeProject>;
export type StartRun = z.input<typeof requests.startRun>;
export type ResumeRun = z.input<typeof requests.resumeRun>;
export type StopRun = z.input<typeof requests.stopRun>;
export type Approve = z.input<typeof requests.approve>;
export type Reject = z.input<typeof requests.reject>;
export type AddWorkItem = z.input<typeof requests.addItem>;
export type ChangeWorkItem = z.input<typeof requests.changeItem>;

/** One event as the stream and the pages tell it; its number is the `id:` of the stream's record. */
export interface EventRecord {
  readonly id: number;
  readonly project_id: string;
  readonly run_id: string | null;
  readonly at: string;
  readonly event: HarnessEvent;
}

export interface EventPage {
  readonly events: readonly EventRecord[];
  readonly next: number | null;
}
