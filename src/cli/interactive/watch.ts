import type { App } from '../../app.ts';
import type { Project } from '../../domain/run.ts';
import { openPlainView } from './plain-view.ts';
import { FIRST_SCREEN } from './screen.ts';
import { createScreenStore, type ScreenStore } from './store.ts';
import type { View } from './view.ts';
import { attach, watchProject } from './viewing.ts';

interface Looks {
  readonly kind: 'full' | 'plain';
  readonly colors: boolean;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** With what a person leaves; a terminal that is closed is one. */
type Farewell = (typeof SIGNALS)[number];

const TICK_MS = 1000;

const now = (): string => new Date().toISOString();

/**
 * Shows a project's newest run as the prompt does, until nobody carries it out any more. The signal
 * with which a person left before that, whether the database answers or not; null: none.
 */
export async function watchLive(
  app: App,
  project: Project,
  looks: Looks,
): Promise<Farewell | null> {
  const screen = createScreenStore({ ...FIRST_SCREEN, now: now(), activitySince: now() });
  await attach({ app, screen }, project);
  const leave = new AbortController();
  screen.subscribe(() => {
    if (screen.screen().activity === 'idle') leave.abort();
  });
  const left = Promise.withResolvers<Farewell>();
  const heard = (signal: Farewell): void => {
    left.resolve(signal);
    leave.abort();
  };
  for (const signal of SIGNALS) process.on(signal, heard);
  const timer = setInterval(() => screen.dispatch({ type: 'tick', now: now() }), TICK_MS);
  const view = await openView(screen, looks);
  try {
    const watched = watchProject({ app, screen }, { project, leave: leave.signal });
    // A look may wait for a database that is away: who leaves does not.
    return await Promise.race([left.promise, watched.then(() => null)]);
  } finally {
    clearInterval(timer);
    for (const signal of SIGNALS) process.off(signal, heard);
    await view.close();
  }
}

async function openView(screen: ScreenStore, { kind, colors }: Looks): Promise<View> {
  if (kind === 'plain') return openPlainView(screen, process.stdout, { prompt: false });
  const [{ openFullView }, { watchScreen }] = await Promise.all([
    import('./full-view.ts'),
    import('./full-rows.ts'),
  ]);
  return openFullView(screen, { colors, compose: watchScreen });
}
