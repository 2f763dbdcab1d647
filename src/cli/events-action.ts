import type { StoredEvent } from '../domain/event.ts';
import { eventsAfter, type Reader } from '../app.ts';
import { createAlarm } from './alarm.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withApp, withReader, type Context } from './context.ts';
import { findProject, type Found } from './find-project.ts';
import { isOver } from './follow.ts';
import { eventObject, renderEvent } from './render-event.ts';

/** Flags of `events`, as commander gives them. */
export interface EventsOptions extends CommonOptions {
  readonly follow?: boolean;
  readonly after?: number;
}

/** Prints the stored facts of a project, and goes on with them until its run ends. */
export async function eventsAction(options: EventsOptions): Promise<void> {
  const context = openContext(options);
  const { after = 0 } = options;
  if (options.follow === true)
    await withApp(context, async (app) => {
      await followEvents(app, context, { ...(await findProject(app, context)), after });
    });
  else
    await withReader(context, async (reader) => {
      const { project } = await findProject(reader, context);
      printEvents(context, await eventsAfter(reader.store, project.id, after));
    });
}

const LOOK_MS = 1000;

async function followEvents(
  reader: Reader,
  context: Context,
  { project, run, after }: Found & { readonly after: number },
): Promise<void> {
  const alarm = createAlarm(LOOK_MS);
  const silence = reader.store.events.onCommit(() => alarm.ring());
  let last = after;
  try {
    for (;;) {
      // Read before the events: what ended it is then among them.
      const now = await reader.store.runs.get(run.id);
      const events = await eventsAfter(reader.store, project.id, last);
      printEvents(context, events);
      last = events.at(-1)?.id ?? last;
      if (now === undefined || isOver(now) || !(await reader.hosted(now))) return;
      await alarm.wait();
    }
  } finally {
    silence();
    alarm.stop();
  }
}

function printEvents({ output }: Context, events: readonly StoredEvent[]): void {
  for (const stored of events) {
    output.object(eventObject(stored));
    output.data(`${String(stored.id).padStart(5)}  ${renderEvent(stored)}`);
  }
}
