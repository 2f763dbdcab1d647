import { useLive } from '../live/live-project.tsx';
import { announced } from '../show/describe-event.ts';

/** Whether the page is up to date; told to assistive technology when it changes. */
export function LinkNote() {
  const { link } = useLive();
  const live = link.state === 'live';
  return (
    <output
      className={`inline-flex items-center gap-1.5 text-xs ${link.state === 'away' ? 'font-medium text-warn' : 'text-muted'}`}
    >
      <span aria-hidden="true" className={`size-2 rounded-full ${live ? 'bg-good' : 'bg-warn'}`} />
      {TEXT[link.state]}
    </output>
  );
}

const TEXT = {
  connecting: 'Connecting…',
  live: 'Live',
  away: 'Connection lost, trying again…',
  refused: 'Token refused',
} as const;

/** Says aloud, once each, what changes what a person should do. */
export function Announcer() {
  const { events } = useLive();
  const last = events.findLast(({ event }) => announced(event) !== null);
  return (
    <div aria-live="polite" className="sr-only">
      {last === undefined ? '' : announced(last.event)}
    </div>
  );
}
