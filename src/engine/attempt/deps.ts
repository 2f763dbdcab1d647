import type { Attempt, Fence } from '../../domain/attempt.ts';
import type { Board } from '../../demo/board.ts';
import type { SessionPolicy } from '../../demo/project-files.ts';
import type { DeployEnd } from '../../domain/deploy.ts';
import type { Subject } from '../../domain/event.ts';
import type { Project, Run } from '../../domain/run.ts';
import type { WorkItem } from '../../domain/work-item.ts';
import type { SessionTools } from '../../gateway/mcp/box-servers.ts';
import type { HostAsked, Packages } from '../../gateway/packages.ts';
import type { Gateway } from '../../gateway/wire.ts';
import type { FindTemplate } from '../../prompts/find.ts';
import type { Box } from '../../safety/box.ts';
import type { Agent } from '../../sessions/agent.ts';
import type { Environments } from '../../workspaces/environment/open-environments.ts';
import type { Hub } from '../../workspaces/hub.ts';
import type { Trains } from './train.ts';
import type { RunStore } from '../../work/run-store.ts';
import type { WorkTracker } from '../../work/tracker.ts';

/** What attempts are carried out with: everything outside of the engine comes in here. */
export interface WorkshopDeps {
  readonly store: RunStore;
  readonly agent: Agent;
  readonly gateway: Gateway;
  readonly box: Box;
  readonly hubOf: (project: Project) => Promise<Hub>;
  readonly templatesOf: (project: Project) => FindTemplate;
  readonly environments: Environments;
  /** How package managers reach their registries, telling of each host; null: not at all. */
  readonly packages: Packages | null;
  /** The MCP servers that run in the box of a session, the browser among them. */
  /** Tools of the agent's program that a provider's own make possible, for every role that has any. */
  readonly furtherTools: readonly string[];
  readonly sessionTools: (order: ToolsOrder) => Promise<SessionTools>;
  /** Values of `environment.secrets`, which the operator lets into the box. */
  readonly boxSecrets: Readonly<Record<string, string>>;
  readonly trains: Trains;
  readonly clock: { now(): number; monotonic(): number };
  readonly newId: () => string;
  readonly log: (line: string) => void;
  readonly redact: (text: string) => string;
  /** Name of this worker, for claims. */
  readonly owner: () => string;
  /** Told between two steps of a session, so that a graceful stop can end it there. */
  readonly stepped: (attemptId: string) => void;
  /** The attempt's agent has ended: its slot is free while its work is put away and proved. */
  readonly agentGone: (attemptId: string) => void;
  readonly paths: WorkshopPaths;
  /** Folders of the agent's program, readable in every box. */
  readonly agentFolders: readonly string[];
  /** Globs of files that only a person may change (I4). */
  readonly protectedPaths: readonly string[];
  readonly deployment: Deployment;
  readonly trackerOf: (run: Run) => Promise<WorkTracker>;
  /** The tracker's project of a run of demo mode; undefined before there is one. */
  readonly boardOf: (run: Run) => Promise<Board | undefined>;
  /** What the operator lets sessions do, to be written down for the reader. */
  readonly sessionPolicy: SessionPolicy;
  /** Branch of the user's repository that main lands on. */
  readonly branchOf: (project: Project) => Promise<string>;
  /** Which folder has too little room for the project's work to go on; null: all have enough. */
  readonly shortage: (project: Project) => Promise<string | null>;
  /** Repeats the body while the database is away; the body must bear being repeated. */
  readonly steadily: <T>(body: () => Promise<T>) => Promise<T>;
}

/** The session that tools are wanted for. */
export interface ToolsOrder {
  readonly subject: Subject;
  /** The run is one of demo mode. */
  readonly demo: boolean;
  /** Private folder that its box can only read. */
  readonly folder: string;
  /** Folder for its screenshots, writable in its box. */
  readonly images: string;
  /** Told of the hosts that an installation asks. */
  readonly asked: HostAsked;
}

/** Where an attempt leaves things; all absolute, none in its workspace. */
export interface WorkshopPaths {
  /** Folder of one session's own configuration and transcript of the CLI; kept for resume. */
  configOf(projectId: string, attemptId: string): string;
  /** The harness's transcript of a session. */
  transcriptOf(project: Project, sessionId: string): string;
  /** Folder of the pictures that its sessions took. */
  evidenceOf(project: Project, name: string): string;
  /** Short: a socket's path must stay under 90 bytes. */
  socketOf(attemptId: string): string;
  /** Disposable folder for a gate. */
  gateOf(projectId: string, attemptId: string): string;
}

/** Carries out a deployment of the tree in a folder. */
export type Deployment = (order: {
  readonly run: Run;
  readonly project: Project;
  readonly directory: string;
  readonly commit: string;
  /** Ends it half way, within two seconds. */
  readonly signal: AbortSignal;
}) => Promise<DeployEnd>;

/** An attempt that this execution may act for. */
export interface Begun {
  readonly attempt: Attempt;
  readonly run: Run;
  readonly project: Project;
  readonly item: WorkItem | null;
  readonly fence: Fence;
  readonly hub: Hub;
  readonly subject: Subject;
}
