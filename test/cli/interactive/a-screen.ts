import type { HarnessEvent } from '../../../src/domain/event.ts';
import { press } from '../../../src/cli/interactive/press.ts';
import { createKeyDecoder } from '../../../src/cli/interactive/keys.ts';
import {
  FIRST_SCREEN,
  reduceScreen,
  type Intent,
  type Screen,
  type ScreenSignal,
} from '../../../src/cli/interactive/screen.ts';

export const PROJECT = {
  id: 'project-1',
  name: 'reading-list',
  directory: '/projects/reading-list',
  description: null,
  idea: null,
  createdAt: '2026-03-01T10:00:00.000Z',
};

export const AT = '2026-03-01T10:20:30.000Z';

/** A screen at rest, after these signals. */
export function aScreen(...signals: readonly ScreenSignal[]): Screen {
  return signals.reduce(reduceScreen, { ...FIRST_SCREEN, activity: 'idle', now: AT });
}

/** Events as they come in from a run, numbered. */
function stored(...events: readonly HarnessEvent[]): readonly ScreenSignal[] {
  return events.map((event, at) => ({
    type: 'stored',
    stored: { projectId: PROJECT.id, runId: 'run-1', id: at + 1, at: AT, event },
  }));
}

/** A run that is carried out here, after these events. */
export function hosted(...events: readonly HarnessEvent[]): Screen {
  return aScreen(
    { type: 'attached', project: PROJECT, stored: [] },
    ...stored(
      { type: 'run.created', idea: 'a list', rehearsal: true },
      { type: 'run.status', status: 'running', reason: null },
      ...events,
    ),
    { type: 'activity', activity: 'hosting' },
  );
}

/** Types at a screen, as a terminal sends it; what is wanted in the end. */
export function typedAt(
  screen: Screen,
  keys: string,
): { readonly screen: Screen; readonly intents: readonly Intent[] } {
  const decoder = createKeyDecoder();
  const all = [...decoder.feed(keys), ...decoder.flush()];
  return all.reduce(
    (before, key) => {
      const pressed = press(before.screen, key);
      return { screen: pressed.screen, intents: [...before.intents, ...pressed.intents] };
    },
    { screen, intents: [] as readonly Intent[] },
  );
}

const SUBJECT = {
  attempt: 'attempt-1',
  phase: 'implement',
  role: 'coder',
  item: 'LINK-1',
} as const;

export const AGENT: readonly HarnessEvent[] = [
  { type: 'phase.started', phase: 'implement', attempt: 1 },
  { type: 'item.added', item: 'LINK-1', title: 'Links', dependencies: [], by: 'x' },
  { type: 'item.added', item: 'LINK-2', title: 'More', dependencies: [], by: 'x' },
  { type: 'item.claimed', item: 'LINK-1', attempt: 'attempt-1', number: 1 },
  { type: 'session.started', subject: SUBJECT, session: 'session-1', model: 'm' },
];

export const QUESTION: readonly HarnessEvent[] = [
  { type: 'phase.started', phase: 'ideation', attempt: 1 },
  {
    type: 'approval.asked',
    phase: 'ideation',
    id: 'question-1',
    question: 'Approve ideation: PRPs/plans/requirements.md?',
  },
  { type: 'run.status', status: 'waiting_approval', reason: null },
];
