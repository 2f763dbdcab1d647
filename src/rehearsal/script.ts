import type { DeploySettings } from '../domain/run.ts';
import type { ItemDraft } from '../domain/work-item.ts';
import type { Ask } from './ask.ts';

/** What can be planted; each is caught by another part of the harness. */
export const FAULTS = [
  'bad-plan',
  'failing-check',
  'overloaded',
  'dropped',
  'unproved',
  'silent',
  'conflict',
] as const;

export type FaultName = (typeof FAULTS)[number];

/** One thing an agent says or does. Paths are relative to its working directory. */
export type Action =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'write'; readonly path: string; readonly text: string }
  | { readonly kind: 'edit'; readonly path: string; readonly old: string; readonly text: string }
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'bash'; readonly command: string }
  | { readonly kind: 'report'; readonly report: ReportKind; readonly text: string }
  | { readonly kind: 'answer'; readonly output: unknown }
  /** A tool of an MCP server, under the first of these names that is offered. */
  | {
      readonly kind: 'call';
      readonly names: readonly string[];
      readonly input: Readonly<Record<string, unknown>>;
    };

export type ReportKind = 'complete' | 'blocked' | 'note' | 'discovered';

/** One answer of the model. A function computes it from the request, such as the last tool results. */
export type Step =
  | Action
  | { readonly kind: 'together'; readonly steps: readonly Action[] }
  /** The first request for this step meets the fault, the next one gets the answer. */
  | { readonly kind: 'overloaded'; readonly step: Step }
  | { readonly kind: 'dropped'; readonly step: Step }
  | { readonly kind: 'silent' }
  | ((ask: Ask) => Step);

/** What is played in one attempt; what comes after the last step is a short closing sentence. */
export interface AttemptScript {
  readonly steps: readonly Step[];
  /** Names an attempt that exists only to go wrong. */
  readonly fault?: FaultName;
}

/** Attempts in order; the last one is played again when more are made. */
export interface Script {
  readonly attempts: readonly AttemptScript[];
}

/** A work item as the planner plans it, and how its coder plays. */
export interface ItemScript extends ItemDraft, Script {
  /** Dependencies that the plan forgets, so that two items change the same file at once. */
  readonly forgets?: readonly string[];
}

/** The structured output of the planner. */
export interface PlanAnswer {
  readonly summary: string;
  readonly project_check: string;
  readonly items: readonly ItemDraft[];
}

/** A whole run as the model plays it. */
export interface Scenario {
  readonly name: string;
  readonly idea: string;
  readonly plan: {
    readonly summary: string;
    readonly projectCheck: string;
    /** Makes the planner's first answer wrong (`bad-plan`). */
    readonly spoil?: (plan: PlanAnswer) => PlanAnswer;
  };
  /** By `phase/role`: `ideation/edge_cases`. The planner needs none: its answer is made of the items. */
  readonly roles: Readonly<Record<string, Script>>;
  readonly items: readonly ItemScript[];
  /** The script of a work item whose key is not known before it is made; undefined: it has none. */
  readonly named?: (ask: Ask) => Script | undefined;
  /** Where the product goes in the end; without it a rehearsal deploys nothing. */
  readonly deploy?: DeploySettings;
}

/** Text; alone in an answer it ends the session's turn. */
export function say(text: string): Action {
  return { kind: 'say', text };
}

/** Writes a whole file. */
export function write(path: string, text: string): Action {
  return { kind: 'write', path, text };
}

/** Replaces `old`, which must be in the file exactly once. */
export function edit(path: string, old: string, text: string): Action {
  return { kind: 'edit', path, old, text };
}

export function read(path: string): Action {
  return { kind: 'read', path };
}

export function bash(command: string): Action {
  return { kind: 'bash', command };
}

/** Tells the harness something through the tracker tool. */
export function report(kind: ReportKind, text: string): Action {
  return { kind: 'report', report: kind, text };
}

/** Gives the structured output of the session. */
export function answer(output: unknown): Action {
  return { kind: 'answer', output };
}

/** Calls a tool of an MCP server, whatever that is called there: the first name that is offered. */
export function call(names: readonly string[], input: Readonly<Record<string, unknown>>): Action {
  return { kind: 'call', names, input };
}

/** Several actions in one answer of the model, carried out in this order. */
export function together(...steps: readonly Action[]): Step {
  return { kind: 'together', steps };
}

/** 529 once, then the step. */
export function overloaded(step: Step): Step {
  return { kind: 'overloaded', step };
}

/** A stream that breaks off in the middle once, then the step. */
export function dropped(step: Step): Step {
  return { kind: 'dropped', step };
}

/** Takes the request and never answers. */
export function silent(): Step {
  return { kind: 'silent' };
}

/** A script without a second try: the steps of every attempt. */
export function always(...steps: readonly Step[]): Script {
  return { attempts: [{ steps }] };
}
