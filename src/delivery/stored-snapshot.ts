import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hasCode } from '../domain/errors.ts';
import { SHOWN_PHASE_STATUSES } from '../domain/phase.ts';
import { RUN_STATUSES } from '../domain/run.ts';
import { SNAPSHOT_FILE, type Snapshot } from './snapshot.ts';

const text = z.string().nullable();
const count = z.number().nonnegative();

const stored = z.object({
  version: z.literal(1),
  project_id: z.string(),
  project_name: z.string(),
  directory: z.string(),
  run_id: z.string(),
  status: z.enum(RUN_STATUSES),
  rehearsal: z.boolean(),
  unsealed: text.default(null),
  current_phase: text,
  phases: z.record(
    z.string(),
    z.object({
      status: z.enum(SHOWN_PHASE_STATUSES),
      attempts: count,
      started_at: text,
      completed_at: text,
      error: text,
      outputs: z.array(z.string()),
    }),
  ),
  work: z.object({
    todo: count,
    in_progress: count,
    done: count,
    blocked: count,
    total: count,
    completion_percentage: count,
  }),
  approval: z.object({ phase: z.string(), asked_at: z.string() }).nullable(),
  approvals: z
    .array(
      z.object({
        phase: z.string(),
        item: text,
        state: z.string(),
        asked_at: z.string(),
        question: z.string(),
        files: z.array(z.object({ path: z.string(), deed: z.string(), because: z.string() })),
        diff: text,
      }),
    )
    .default([]),
  sessions: z.array(
    z.object({
      id: z.string(),
      role: z.string(),
      item: text,
      started_at: z.string(),
      last_event_at: text,
    }),
  ),
  usage: z.object({
    input_tokens: count,
    output_tokens: count,
    cost_usd: count.nullable(),
    budget_usd: count.nullable(),
  }),
  why: z.string(),
  heartbeat: z.string(),
  updated_at: z.string(),
});

/** The snapshot file of a project's folder; undefined when it is absent, damaged or another's. */
export async function readStoredSnapshot(directory: string): Promise<Snapshot | undefined> {
  try {
    const read = stored.safeParse(
      JSON.parse(await readFile(join(directory, SNAPSHOT_FILE), 'utf8')),
    );
    return read.success && read.data.directory === directory ? read.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR'))
      return undefined;
    throw error;
  }
}
