import { z } from 'zod';
import { PHASES, SHOWN_PHASE_STATUSES } from '../../domain/phase.ts';
import { RUN_STATUSES } from '../../domain/run.ts';

const time = z.string().meta({ description: 'RFC 3339, UTC' });
const timeOrNull = time.nullable();
const text = z.string();
const textOrNull = z.string().nullable();
const count = z.int().min(0);
export const phaseName = z.enum(PHASES);

export const projectId = z.uuid();
/** As ours and those of trackers are: `API-3`. */
export const itemKey = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,31}$/u);
/** Shown in a terminal and a file's path, so nothing invisible is in it. */
export const shownName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\p{C}]*$/u, 'must not hold control characters');

export const runStatus = z.enum(RUN_STATUSES);
const phaseStatus = z.enum(SHOWN_PHASE_STATUSES);
export const itemStatus = z.enum(['todo', 'in_progress', 'done', 'blocked']);
export const priority = z
  .union([z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(4)])
  .meta({ description: '1 urgent, 2 high, 3 medium, 4 low, 0 none (last)' });

export const usage = z
  .object({
    input_tokens: count,
    output_tokens: count,
    cache_read_tokens: count,
    cache_write_tokens: count,
    cost_usd: z.number().nullable(),
  })
  .meta({ id: 'Usage' });

export const run = z
  .object({
    id: text,
    project_id: text,
    idea: text,
    status: runStatus,
    control: z.enum(['pause', 'park', 'stop', 'stop_now']).nullable(),
    generation: count,
    /** Why it stands where it stands; null while nothing holds it. */
    reason: textOrNull,
    rehearsal: z.boolean(),
    autonomy: z.enum(['full', 'checkpoint']),
    model: text,
    parallel: count,
    max_sessions: count,
    budget_usd: z.number().nullable(),
    /** A living process carries it out. */
    hosted: z.boolean(),
    created_at: time,
    ended_at: timeOrNull,
  })
  .meta({ id: 'Run' });

export const project = z
  .object({
    id: projectId,
    name: text,
    description: textOrNull,
    idea: textOrNull,
    directory: text,
    created_at: time,
    /** The latest one; null before the first. */
    run: run.nullable(),
  })
  .meta({ id: 'Project' });

export const phase = z
  .object({
    name: phaseName,
    status: phaseStatus,
    attempts: count,
    started_at: timeOrNull,
    completed_at: timeOrNull,
    error: textOrNull,
    outputs: z.array(text),
  })
  .meta({ id: 'Phase' });

const check = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), run: text, exit: z.int() }),
  z.object({ kind: z.literal('file'), path: text, contains: text.optional() }),
]);

export const workItem = z
  .object({
    key: text,
    title: text,
    description: text,
    priority,
    status: itemStatus,
    /** A person took it out of the plan: settled, no failure. */
    skipped: z.boolean(),
    /** Keys of items that must be done first: the edges of the graph. */
    dependencies: z.array(text),
    /** Key of the item that this one is a part of, where the tracker says so. */
    parent: textOrNull,
    /** As the tracker has them: workers with labels take only what carries one of theirs. */
    labels: z.array(text),
    checks: z.array(check),
    failures: count,
    attempts: count,
    not_before: timeOrNull,
    reason: textOrNull,
    commit: textOrNull,
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'WorkItem' });

export const session = z
  .object({
    id: text,
    attempt: text,
    phase: phaseName,
    role: text,
    item: textOrNull,
    number: count,
    model: textOrNull,
    /** Null: under way. */
    end: z.object({ status: text, reason: textOrNull }).nullable(),
    started_at: time,
    /** Last sign of life of one under way. */
    last_event_at: timeOrNull,
    /** It is over, and what it made is being checked. */
    checked: z.boolean(),
    ended_at: timeOrNull,
  })
  .meta({ id: 'Session' });

export const approval = z
  .object({
    id: text,
    phase: phaseName,
    item: textOrNull,
    /** Names exactly what is asked about: send it back as `If-Match` or `state` with the answer. */
    state: text,
    question: text,
    asked_at: time,
    /** The document as it is now, as Markdown; null where none is asked about. */
    document: z.object({ path: text, text }).nullable(),
    /** What an agent changed of files that only a person may change (I4). */
    change: z
      .object({
        files: z.array(z.object({ path: text, deed: text, because: text })),
        diff: text,
      })
      .nullable(),
  })
  .meta({ id: 'Approval' });

/** A question, and what was said. */
export const answered = z
  .object({
    approval: text,
    phase: phaseName,
    item: textOrNull,
    answer: z.enum(['approved', 'edited', 'rejected']),
    run,
  })
  .meta({ id: 'Answered' });

export const why = z
  .object({
    cause: text,
    /** What to do about it, on the command line. */
    action: text,
    /** The requests that do the same: `POST /v1/projects/ID/resume`; with a body where one is needed; none where a person has to mend something. */
    requests: z.array(text),
  })
  .meta({ id: 'Why' });

export const cost = z
  .object({
    by: z.enum(['phase', 'item', 'model', 'session']),
    /** `name` is empty for what belongs to no item. */
    parts: z.array(z.object({ name: text, usage })),
    total: usage,
    budget_usd: z.number().nullable(),
    forecast: z.object({ remaining_items: count, more_usd: z.number().nullable() }),
    /** The model is a script: nothing was paid. */
    rehearsal: z.boolean(),
  })
  .meta({ id: 'Cost' });

export const workCounts = z
  .object({
    todo: count,
    in_progress: count,
    done: count,
    blocked: count,
    total: count,
    completion_percentage: z.number(),
  })
  .meta({ id: 'WorkCounts' });

/** All that one page shows of a project; everything but `project` and `last_event` is the latest run's. */
export const board = z
  .object({
    project,
    phases: z.array(phase),
    current_phase: phaseName.nullable(),
    items: z.array(workItem),
    work: workCounts,
    /** Under way, the oldest first. */
    sessions: z.array(session),
    approvals: z.array(approval),
    usage,
    why: why.nullable(),
    /** How long the run was carried out, waiting not counted: milliseconds, and those since a time. */
    worked: z.object({ ms: count, since: timeOrNull }),
    /** Why agents work without a box; null: all are sealed. */
    unsealed: textOrNull,
    /** Why the process that should carry the run out does not; null: nothing is wrong with it. */
    hosting_trouble: textOrNull,
    /** The server is starting that process this moment: the run goes on by itself. */
    starting: z.boolean(),
    /** Number of the newest event that the rest of this answer knows: follow the events from here. */
    last_event: count,
    now: time,
  })
  .meta({ id: 'Board' });

const storedEvent = z
  .object({
    id: z.int().min(1).meta({ description: 'Per project, from 1, without gaps' }),
    project_id: projectId,
    run_id: textOrNull,
    at: time,
    /** As in src/domain/event.ts: told apart by `type`. */
    event: z.looseObject({ type: text }),
  })
  .meta({ id: 'Event' });

export const eventPage = z
  .object({ events: z.array(storedEvent), next: count.nullable() })
  .meta({ id: 'EventPage' });

export const transcript = z
  .object({
    session,
    /** What the agent said and did, one object a line, the oldest first. */
    lines: z.array(z.looseObject({})),
    /** `after` of the next page; nothing more was written yet when `lines` is empty. */
    next: count,
  })
  .meta({ id: 'Transcript' });

export const diff = z
  .object({
    item: text,
    /** The same as `newer`: the item is done, and changed nothing. */
    older: textOrNull,
    newer: textOrNull,
    files: z.array(z.object({ path: text, deed: z.enum(['adds', 'changes', 'removes']) })),
    /** Unified diff, without secrets, cut where it gets long; empty before there is work. */
    diff: text,
  })
  .meta({ id: 'Diff' });

export const projectPage = z
  .object({ projects: z.array(project), next: textOrNull })
  .meta({ id: 'ProjectPage' });
export const itemPage = z
  .object({ items: z.array(workItem), next: textOrNull })
  .meta({ id: 'WorkItemPage' });
export const sessionPage = z
  .object({ sessions: z.array(session), next: textOrNull })
  .meta({ id: 'SessionPage' });
export const documentList = z
  .object({ documents: z.array(z.object({ phase: phaseName, path: text, text })) })
  .meta({ id: 'DocumentList', description: 'What the planning phases left, as it stands on main' });
export const approvalList = z.object({ approvals: z.array(approval) }).meta({ id: 'ApprovalList' });

/** A problem by RFC 9457; `code` is stable, `errors` says what in the request is wrong. */
export const problem = z
  .object({
    type: text,
    title: text,
    status: z.int(),
    detail: text,
    code: text,
    errors: z.array(z.object({ path: text, message: text })).optional(),
  })
  .meta({ id: 'Problem' });

export const health = z
  .object({ status: z.enum(['healthy', 'unhealthy']), version: text, uptime_seconds: z.number() })
  .meta({ id: 'Health' });

export const healthDetailed = z
  .object({
    ...health.shape,
    database: z.object({
      status: z.enum(['connected', 'away']),
      latency_ms: z.number().nullable(),
    }),
    workers: count,
    runs: z.record(text, count),
    event_streams: count,
    hosting: z.array(z.object({ label: text, pid: z.int().nullable(), trouble: textOrNull })),
    rehearsal_only: z.boolean(),
  })
  .meta({ id: 'HealthDetailed' });
