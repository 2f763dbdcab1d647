import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { SNAPSHOT_FILE } from '../../src/delivery/snapshot.ts';
import { PHASES } from '../../src/domain/phase.ts';

const instant = z.iso.datetime({ offset: true });
const count = z.int().min(0);

const phase = z.object({
  status: z.enum(['pending', 'running', 'waiting_approval', 'completed', 'failed', 'skipped']),
  attempts: count,
  started_at: instant.nullable(),
  completed_at: instant.nullable(),
  error: z.string().nullable(),
  outputs: z.array(z.string()),
});

/** `.orchestrator_state.json` as it is promised to scripts; more fields may come. */
export const snapshotSchema = z.object({
  version: z.literal(1),
  project_id: z.string().min(1),
  project_name: z.string().min(1),
  run_id: z.string().min(1),
  status: z.string().min(1),
  current_phase: z.enum(PHASES).nullable(),
  phases: z.record(z.enum(PHASES), phase),
  work: z.object({
    todo: count,
    in_progress: count,
    done: count,
    blocked: count,
    total: count,
    completion_percentage: z.number().min(0).max(100),
  }),
  approval: z.object({ phase: z.enum(PHASES), asked_at: instant }).nullable(),
  sessions: z.array(
    z.object({
      id: z.string(),
      role: z.string(),
      item: z.string().nullable(),
      started_at: instant,
      last_event_at: instant.nullable(),
    }),
  ),
  usage: z.object({
    input_tokens: count,
    output_tokens: count,
    cost_usd: z.number().nullable(),
    budget_usd: z.number().nullable(),
  }),
  why: z.string(),
  heartbeat: instant,
  updated_at: instant,
});

export type SnapshotSeen = z.infer<typeof snapshotSchema>;

/** Reads the file as it is now; throws when it is no whole snapshot. */
export async function readSnapshotIn(project: string): Promise<SnapshotSeen> {
  return snapshotSchema.parse(JSON.parse(await readFile(join(project, SNAPSHOT_FILE), 'utf8')));
}

/** Every different snapshot there was until the end; once there, it must be there at every look. */
export async function lookUntil(project: string, end: Promise<unknown>): Promise<SnapshotSeen[]> {
  const seen: SnapshotSeen[] = [];
  const state = { over: false };
  void end.finally(() => (state.over = true));
  while (!state.over) {
    const now = await readSnapshotIn(project).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' && seen.length === 0) return undefined;
      throw error;
    });
    if (now !== undefined && now.updated_at !== seen.at(-1)?.updated_at) seen.push(now);
    await delay(15);
  }
  return seen;
}
