import { z } from 'zod';
import type { ConfigFlags } from './config.ts';
import { describeIssue } from './describe-issue.ts';
import type { Problem } from './problem.ts';
import {
  autonomy,
  budgetUsd,
  filledText,
  maxSessions,
  modelName,
  parallel,
  port,
} from './schema.ts';

const names: Readonly<Record<keyof ConfigFlags, string>> = {
  projectDir: '--project-dir',
  model: '--model',
  maxSessions: '--max-sessions',
  parallel: '--parallel',
  budget: '--budget',
  autonomy: '--autonomy',
  interactive: '--no-interactive',
  port: '--port',
};

const flagSchema = z.object({
  projectDir: filledText.optional(),
  model: modelName.optional(),
  maxSessions: maxSessions.optional(),
  parallel: parallel.optional(),
  budget: budgetUsd.optional(),
  autonomy: autonomy.optional(),
  interactive: z.boolean().optional(),
  port: port.optional(),
} satisfies Record<keyof ConfigFlags, z.ZodType>);

/** Flags have the bounds of the keys they override. */
export function flagProblems(flags: ConfigFlags): Problem[] {
  const parsed = flagSchema.safeParse(flags);
  return (parsed.error?.issues ?? []).map((issue) => {
    const name = Object.entries(names).find(([key]) => key === issue.path[0])?.[1];
    return { place: null, what: `${name ?? 'a flag'} ${describeIssue(issue)}` };
  });
}
