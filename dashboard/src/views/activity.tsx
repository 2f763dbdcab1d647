import { useLive } from '../live/live-project.tsx';
import { Card } from '../parts/card.tsx';
import { EventLines } from './event-lines.tsx';
import { useTitle } from './use-title.ts';

const MOST = 500;

/** What happened lately; `harness events` tells all of it. */
export function Activity() {
  const { events } = useLive();
  useTitle('Activity');
  return (
    <Card title="Activity" flush>
      <EventLines events={events} most={MOST} />
    </Card>
  );
}
