import { z } from 'zod';
import { itemKey, phaseName, priority, shownName } from './resources.ts';

const limits = {
  autonomy: z.enum(['full', 'checkpoint']).optional(),
  parallel: z.int().min(1).max(100).optional(),
  model: z
    .string()
    .max(200)
    .regex(/^[^\s\p{C}-][^\s\p{C}]*$/u, 'must be the name of a model')
    .optional(),
  max_sessions: z.int().min(1).max(10_000).optional(),
  budget_usd: z.number().gt(0).max(1_000_000).optional(),
};
/** Longer is a specification that no prompt should carry whole. */
const idea = z.string().trim().min(1).max(200_000);
const reason = z.string().trim().min(1).max(20_000);
const answered = {
  /** Id of the approval; the one that has waited longest if absent. */
  approval: z.string().min(1).max(300).optional(),
  /** `state` of what the person looked at; the header If-Match does as well. One of them is needed. */
  state: z.string().min(12).max(128).optional(),
};

export const createProject = z
  .strictObject({
    name: shownName,
    description: z.string().max(5000).optional(),
    idea: idea.optional(),
    /** In the workspace: a path relative to it, or absolute. The name if absent. */
    directory: z.string().min(1).max(1000).optional(),
    /** A repository with code in it is meant. */
    existing: z.boolean().optional(),
  })
  .meta({ id: 'CreateProject' });
export const changeProject = z
  .strictObject({
    name: shownName.optional(),
    description: z.string().max(5000).nullable().optional(),
    idea: idea.nullable().optional(),
  })
  .meta({ id: 'ChangeProject' });
export const startRun = z
  .strictObject({
    /** The project's own if absent. */
    idea: idea.optional(),
    /** A scripted model instead of a real one: no key, no cost. */
    rehearse: z.boolean().optional(),
    /** Skips the phases before. */
    from: phaseName.optional(),
    ...limits,
  })
  .meta({ id: 'StartRun' });
export const resumeRun = z.strictObject(limits).meta({ id: 'ResumeRun' });
export const stopRun = z.strictObject({ now: z.boolean().optional() }).meta({ id: 'StopRun' });
export const pauseRun = z.strictObject({}).meta({ id: 'PauseRun' });
export const approve = z
  .strictObject({ ...answered, text: z.string().max(900_000).optional() })
  .meta({ id: 'Approve' });
export const reject = z.strictObject({ ...answered, reason }).meta({ id: 'Reject' });
const labels = z.array(z.string().trim().min(1).max(80)).max(20);
export const addItem = z
  .strictObject({
    key: itemKey.optional(),
    title: z.string().trim().min(1).max(500),
    description: z.string().trim().min(1).max(50_000),
    priority: priority.optional(),
    dependencies: z.array(itemKey).max(100).optional(),
    /** For workers with these labels. */
    labels: labels.optional(),
    /** Shell commands that prove it, run in the box: each must exit 0. */
    checks: z.array(z.string().trim().min(1).max(2000)).min(1).max(20),
  })
  .meta({ id: 'AddWorkItem' });
export const changeItem = z
  .strictObject({
    title: z.string().trim().min(1).max(500).optional(),
    description: z.string().trim().min(1).max(50_000).optional(),
    priority: priority.optional(),
    /** All that it is to carry from now on. */
    labels: labels.optional(),
    /** `todo` tries it again; `blocked` holds it back; `skipped` takes it out of the plan. */
    status: z.enum(['todo', 'blocked', 'skipped']).optional(),
    reason: reason.optional(),
  })
  .meta({ id: 'ChangeWorkItem' });
