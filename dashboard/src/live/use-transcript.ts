import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Transcript } from '../../../src/server/contract.ts';
import { at } from '../api/queries.ts';
import { useClient } from '../api/client-context.ts';
import { spokenOf, type Spoken } from '../show/transcript.ts';

/** A line with its number, as it came. */
export interface Heard {
  readonly id: number;
  readonly line: Spoken;
}

interface Read {
  readonly lines: readonly Heard[];
  readonly next: number;
  /** The last page held something: there may be more. */
  readonly more: boolean;
  readonly ended: boolean;
}

const NOTHING: Read = { lines: [], next: 0, more: true, ended: false };
const SOON_MS = 50;
const EVERY_MS = 1500;
/** A longer transcript is shown from its end: `harness logs` has all of it. */
const KEPT = 1500;

/** What a session said and did, page by page; goes on reading while the session is under way. */
export function useTranscript(project: string, session: string) {
  const client = useClient();
  const queries = useQueryClient();
  const queryKey = ['transcript', project, session];
  return useQuery<Read>({
    queryKey,
    refetchInterval: ({ state: { data } }) => pauseAfter(data),
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const read = queries.getQueryData<Read>(queryKey) ?? NOTHING;
      const path = `${at(project, 'sessions', session, 'transcript')}?after=${read.next}`;
      return joined(read, await client.get<Transcript>(path, signal));
    },
  });
}

function pauseAfter(read: Read | undefined): number | false {
  if (read?.more === true) return SOON_MS;
  return read?.ended === true ? false : EVERY_MS;
}

function joined(before: Read, page: Transcript): Read {
  const from = (before.lines.at(-1)?.id ?? 0) + 1;
  const spoken = page.lines.flatMap((line) => spokenOf(line) ?? []);
  const added = spoken.map((line, index) => ({ id: from + index, line }));
  const more = page.lines.length > 0;
  return {
    lines: [...before.lines, ...added].slice(-KEPT),
    next: page.next,
    more,
    ended: page.session.end !== null && !more,
  };
}
