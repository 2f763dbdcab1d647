import { notifyingCommand } from '../adapters/notifiers/command.ts';
import type { Notifier } from '../adapters/notifiers/notifier.ts';
import { webhook } from '../adapters/notifiers/webhook.ts';
import { messageOf } from '../domain/errors.ts';
import type { StoredEvent } from '../domain/event.ts';
import { newsLine, newsOf } from '../domain/news-of.ts';
import type { News, Notice } from '../domain/news.ts';
import { startLoop } from '../engine/loop.ts';
import { knownSecrets } from '../known-secrets.ts';
import type { App } from '../open-app.ts';
import { redactorOf } from '../safety/redact.ts';
import { stripControls } from '../safety/strip-controls.ts';
import { clock } from './clock.ts';

/** Tells people of runs while this process hosts them. */
export interface Notices {
  /** Tells what is still to be told, within seconds; what is not told by then never is. */
  stop(): Promise<void>;
}

/** What it needs to know of what it tells. */
type Told = Pick<App, 'config' | 'store' | 'path' | 'homeFolder' | 'log'> & {
  readonly server: Pick<App['server'], 'url'>;
};

/** What is older is no news any more: a host may come long after the fact. */
const WITHIN_MS = 15 * 60_000;

const LOOK_MS = 5000;

/** How long the end of a process may wait for a notifier that hangs. */
const LAST_MS = 5000;

/**
 * Tells what the operator wants to be told of runs with this label, each to those alone that its own configuration
 * named when it began: a host may carry out runs of other folders, too. Beside the runs: a notifier that hangs or
 * fails holds nothing up. Each fact is stored as told before it is: at most once, over all processes and restarts.
 */
export function openNotices(app: Told, label: string): Notices {
  const notifiers = notifiersOf(app);
  if (notifiers.length === 0) return { stop: async () => undefined };
  const { store, log } = app;
  const leaving = new AbortController();
  const underWay = new Set<Promise<void>>();
  const redact = redactorOf(knownSecrets(app));
  const round = async (): Promise<void> => {
    for (const notifier of notifiers)
      for (const stored of await store.notices.due({
        label,
        notifier: notifier.id,
        withinMs: WITHIN_MS,
      })) {
        const news = newsOf(stored.event);
        if (news === null || !notifier.on.includes(news)) continue;
        if (!(await store.notices.begin(stored, notifier.id))) continue;
        const telling = tellOf(app, { notifier, stored, news, redact, signal: leaving.signal });
        underWay.add(telling);
        void telling.finally(() => underWay.delete(telling));
      }
  };
  const onError = (message: string): void => log(`notify: ${redact(message)}`);
  const loop = startLoop(round, { everyMs: LOOK_MS, onError });
  const silence = store.events.onCommit(() => loop.wake());
  return {
    async stop() {
      silence();
      await loop.stop();
      await round().catch((error: unknown) => onError(messageOf(error)));
      const late = setTimeout(() => leaving.abort(new Error('this process ended')), LAST_MS);
      await Promise.all(underWay);
      clearTimeout(late);
    },
  };
}

interface Telling {
  readonly notifier: Notifier;
  readonly stored: StoredEvent;
  readonly news: News;
  readonly redact: (text: string) => string;
  readonly signal: AbortSignal;
}

/** Never throws: how it ended is an event, too. */
async function tellOf(app: Told, telling: Telling): Promise<void> {
  const { notifier, stored, news, redact, signal } = telling;
  const { store, log } = app;
  try {
    const failure = await failureOf(async () =>
      notifier.tell(await noticeOf(app, telling), signal),
    );
    await store.events.append(stored.projectId, stored.runId, [
      {
        type: 'person.told',
        news,
        by: notifier.type,
        of: stored.id,
        failure: failure === null ? null : stripControls(redact(failure)).slice(0, 500),
      },
    ]);
  } catch (error) {
    log(`notify: ${redact(messageOf(error))}`);
  }
}

async function failureOf(body: () => Promise<void>): Promise<string | null> {
  try {
    await body();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** Longest that a person is told at once. */
const MOST_LETTERS = 1000;

async function noticeOf({ store }: Told, { stored, news, redact }: Telling): Promise<Notice> {
  const { projectId, runId, id, at, event } = stored;
  const project = await store.projects.get(projectId);
  const run = runId === null ? undefined : await store.runs.get(runId);
  if (project === undefined || run === undefined) throw new Error('the run is not known any more');
  const { name, directory } = project;
  const text = stripControls(redact(newsLine(name, event))).slice(0, MOST_LETTERS);
  return {
    id: `${projectId}.${id}`,
    news,
    at,
    project: { id: projectId, name: redact(name), directory: redact(directory) },
    run: run.id,
    rehearsal: run.settings.label === 'rehearsal',
    text: run.settings.label === 'rehearsal' ? `(rehearsal) ${text}` : text,
  };
}

function notifiersOf({ config, path, homeFolder }: Told): readonly Notifier[] {
  return config.notify.map((target) => {
    const { id, on } = target;
    if (target.type === 'command')
      return notifyingCommand({
        id,
        command: target.command,
        on,
        env: { PATH: path, HOME: homeFolder },
        cwd: homeFolder,
      });
    const secret = target.secret?.reveal() ?? null;
    const url = target.url.reveal();
    return webhook({ id, type: target.type, url, secret, on, now: clock.now });
  });
}
