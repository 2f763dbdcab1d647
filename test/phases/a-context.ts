import type { Board } from '../../src/demo/board.ts';
import type { Role } from '../../src/domain/attempt.ts';
import type { PlanDocument } from '../../src/domain/document.ts';
import type { Run } from '../../src/domain/run.ts';
import type { ItemDraft, WorkItem } from '../../src/domain/work-item.ts';
import type { DeployEnd } from '../../src/domain/deploy.ts';
import type { PhaseContext, Regression, RoleEnd } from '../../src/phases/phase.ts';
import { runWith } from '../support/a-run.ts';

/** A role's end, or the text with which it succeeded. */
export type Played = string | Omit<RoleEnd, 'role'>;

export interface Given {
  readonly run?: Run;
  /** What each role gives; one that is not named fails. */
  readonly roles?: Readonly<Record<Role, Played>>;
  readonly documents?: Readonly<Record<string, string>>;
  readonly items?: readonly WorkItem[];
  readonly takenKeys?: readonly string[];
  readonly settled?: 'settled' | 'timed_out' | 'aborted';
  readonly regression?: Partial<Regression>;
  readonly deploy?: DeployEnd;
  readonly signal?: AbortSignal;
  readonly board?: Board;
}

/** A phase's context without an engine, and what the phase did with it. */
export interface PlayedContext extends PhaseContext {
  /** Roles in the order and the groups in which they were asked for. */
  readonly asked: Role[][];
  readonly written: PlanDocument[];
  readonly added: ItemDraft[];
  readonly projectChecks: string[];
  readonly proposed: string[];
  readonly adopted: Adopted[];
  readonly comments: string[];
}

type Adopted = Parameters<PhaseContext['project']['demo']['adopt']>[0];

export function aContext(given: Given = {}): PlayedContext {
  const seen = {
    asked: [] as Role[][],
    written: [] as PlanDocument[],
    added: [] as ItemDraft[],
    projectChecks: [] as string[],
    proposed: [] as string[],
    adopted: [] as Adopted[],
    comments: [] as string[],
  };
  const played = (role: Role): Played => given.roles?.[role] ?? failed(`${role} broke`);
  return {
    ...seen,
    run: given.run ?? runWith(),
    attempt: 1,
    step: (_, body) => body(given.signal ?? new AbortController().signal),
    sessions: async (roles) => {
      seen.asked.push([...roles]);
      return roles.map((role) => endOf(role, played(role)));
    },
    itemsSettled: async () => given.settled ?? 'settled',
    project: {
      textOf: async (role) => {
        const one = played(role);
        return typeof one === 'string' ? one : undefined;
      },
      document: async (path) => given.documents?.[path],
      writeDocuments: async (documents) => {
        seen.written.push(...documents);
      },
      addItems: async (items) => {
        seen.added.push(...items);
      },
      setProjectCheck: async (command) => {
        seen.projectChecks.push(command);
      },
      items: async () => given.items ?? [],
      takenKeys: async (items) =>
        items.map(({ key }) => key).filter((key) => given.takenKeys?.includes(key)),
      regression: async (extra) => {
        seen.proposed.push(...extra);
        return { passed: true, report: 'all green', extraFailed: [], ...given.regression };
      },
      deploy: async () => given.deploy ?? { status: 'deployed', detail: 'deployed c0ffee' },
      demo: {
        board: async () => given.board,
        adopt: async (board) => {
          seen.adopted.push(board);
        },
        comment: async (key, { text }) => {
          seen.comments.push(`${key}: ${text}`);
        },
        settingsFile: () => ({ path: '.claude_settings.json', text: '{}\n' }),
      },
    },
  };
}

function endOf(role: Role, one: Played): RoleEnd {
  return typeof one === 'string'
    ? { role, status: 'succeeded', reason: '', until: null }
    : { role, ...one };
}

export function failed(reason: string): Played {
  return { status: 'failed', reason, until: null };
}

export function limited(until: string | null): Played {
  return { status: 'limited', reason: 'weekly limit', until };
}

export const ABORTED: Played = { status: 'aborted', reason: 'stopped by request', until: null };
