import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { EventRecord } from '../../../src/server/contract.ts';
import { at, useBoard } from '../api/queries.ts';
import { useClient } from '../api/client-context.ts';
import { madePlain } from '../show/plain.ts';
import { backOff, follow, type Link } from './follow.ts';
import { inFrames } from './in-frames.ts';
import { throttled } from './throttle.ts';

interface Live {
  readonly link: Link;
  /** The newest ones, the oldest first. */
  readonly events: readonly EventRecord[];
}

const LiveContext = createContext<Live>({ link: { state: 'connecting' }, events: [] });

/** Whether the page hears of what happens, and the latest of it. */
export function useLive(): Live {
  return use(LiveContext);
}

/** Events shown before those that happen while the page is open. */
const BEFORE = 200;
const KEPT = 1000;
/** Server heartbeats come every 15 s. */
const SILENCE_MS = 40_000;
/** What happens in bursts is read again at most this often. */
const REFRESH_MS = 300;

/**
 * Follows the project's events from what its board knows, as long as the page shows it. Each event
 * makes what is shown old, so that it is read again; a burst counts as one.
 */
export function LiveProject({
  id,
  children,
}: {
  readonly id: string;
  readonly children: ReactNode;
}) {
  const client = useClient();
  const queries = useQueryClient();
  const known = useBoard(id).data?.last_event;
  const [link, setLink] = useState<Link>({ state: 'connecting' });
  const [events, setEvents] = useState<readonly EventRecord[]>([]);
  const ready = known !== undefined;
  // Where it begins is read once: later boards must not open the stream again.
  const [start, setStart] = useState<number | null>(null);
  if (ready && start === null) setStart(Math.max(0, known - BEFORE));

  useEffect(() => {
    if (start === null) return undefined;
    const stop = new AbortController();
    const refresh = throttled(
      () => void queries.invalidateQueries({ queryKey: ['project', id] }),
      REFRESH_MS,
      setTimeout,
    );
    const take = inFrames<EventRecord>((batch) => {
      setEvents((before) => [...before, ...batch].slice(-KEPT));
      refresh();
    }, requestAnimationFrame);
    void follow({
      open: (after, signal) => client.stream(at(id, 'events'), after, signal),
      onRecord: (record) => take(JSON.parse(record.data, madePlain())),
      onLink: (now) => {
        setLink(now);
        // Who carries out a run may have changed with no event; without a token all is refused.
        if (now.state === 'live' || now.state === 'refused') refresh();
      },
      signal: stop.signal,
      after: String(start),
      silenceMs: SILENCE_MS,
      delayMs: backOff,
    });
    return () => stop.abort();
  }, [client, queries, id, start]);

  const live = useMemo(() => ({ link, events }), [link, events]);
  return <LiveContext value={live}>{children}</LiveContext>;
}
