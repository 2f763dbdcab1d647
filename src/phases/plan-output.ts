import { z } from 'zod';
import type { Check } from '../domain/check.ts';
import { faultsOf, type Plan } from '../domain/plan.ts';
import type { ItemDraft } from '../domain/work-item.ts';

const check = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('command'),
    run: z.string().trim().min(1).max(2000),
    exit: z.number().int().min(0).max(255).default(0),
  }),
  z.strictObject({
    kind: z.literal('file'),
    path: z
      .string()
      .min(1)
      .max(500)
      .regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))[^\0]+$/, 'a path inside the project, without ..'),
    contains: z.string().max(2000).optional(),
  }),
]);

/** One line, no control characters: it is shown in terminals and written into commits. */
const line = (max: number): z.ZodString =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'one line without control characters');

const item = z.strictObject({
  key: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/, 'letters, digits, - and _, at most 40'),
  title: line(500),
  description: z.string().trim().min(1).max(20_000),
  priority: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  dependencies: z.array(z.string()).max(50),
  checks: z.array(check).max(20),
});

const plan = z.strictObject({
  summary: z.string().trim().min(1).max(4000),
  project_check: line(2000),
  items: z.array(item).max(300),
});

/** JSON Schema (draft-7, which the agent SDK wants) of what the planner answers. */
export const PLAN_SCHEMA: Readonly<Record<string, unknown>> = z.toJSONSchema(plan, {
  target: 'draft-7',
  io: 'input',
});

export type ReadPlan =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly faults: readonly string[] };

/** Parses a planner's answer; every fault is a sentence that goes back to the planner. */
export function readPlan(output: unknown): ReadPlan {
  const parsed = plan.safeParse(output);
  if (!parsed.success)
    return {
      ok: false,
      faults: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    };
  const { summary, project_check: projectCheck } = parsed.data;
  const items = parsed.data.items.map(draftOf);
  const faults = faultsOf(items);
  return faults.length > 0
    ? { ok: false, faults }
    : { ok: true, plan: { summary, projectCheck, items } };
}

/** One check as a planner or a person wrote it; undefined when it is none. */
export function readCheck(output: unknown): Check | undefined {
  const answer = check.safeParse(output);
  return answer.success ? checkOf(answer.data) : undefined;
}

function draftOf(answer: z.infer<typeof item>): ItemDraft {
  const { key, title, description, priority, dependencies } = answer;
  return { key, title, description, priority, dependencies, checks: answer.checks.map(checkOf) };
}

function checkOf(answer: z.infer<typeof check>): Check {
  if (answer.kind === 'command') return answer;
  const { kind, path, contains } = answer;
  return contains === undefined ? { kind, path } : { kind, path, contains };
}
