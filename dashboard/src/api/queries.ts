import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  Board,
  ChangeWorkItem,
  Cost,
  Diff,
  DocumentList,
  EventPage,
  EventRecord,
  Project,
  ProjectPage,
  SessionPage,
  StartRun,
  WorkItem,
} from '../../../src/server/contract.ts';
import type { Client } from './client.ts';
import { useClient } from './client-context.ts';

/** Address of a project's part: every name in it is escaped. */
export function at(project: string, ...rest: readonly string[]): string {
  return ['/projects', project, ...rest]
    .map((part, index) => (index === 0 ? part : encodeURIComponent(part)))
    .join('/');
}

export function useProjects() {
  const client = useClient();
  return useQuery({
    queryKey: ['projects'],
    queryFn: ({ signal }) => allProjects(client, signal),
    refetchInterval: 4000,
  });
}

async function allProjects(client: Client, signal: AbortSignal): Promise<readonly Project[]> {
  const projects: Project[] = [];
  let next: string | null = null;
  do {
    const cursor: string = next === null ? '' : `?cursor=${encodeURIComponent(next)}`;
    const page: ProjectPage = await client.get(`/projects${cursor}`, signal);
    projects.push(...page.projects);
    ({ next } = page);
  } while (next !== null && projects.length < 500);
  return projects;
}

export function useBoard(project: string) {
  const client = useClient();
  return useQuery({
    queryKey: ['project', project, 'board'],
    queryFn: ({ signal }) => client.get<Board>(at(project, 'board'), signal),
    // That it takes too long is no event.
    refetchInterval: ({ state: { data } }) => data?.starting === true && 2000,
  });
}

export function useCost(project: string, by: Cost['by']) {
  const client = useClient();
  return useQuery({
    queryKey: ['project', project, 'cost', by],
    queryFn: ({ signal }) => client.get<Cost>(`${at(project, 'cost')}?by=${by}`, signal),
    refetchInterval: 5000,
  });
}

export function useSessions(project: string) {
  const client = useClient();
  return useQuery({
    queryKey: ['project', project, 'sessions'],
    queryFn: async ({ signal }) =>
      (await client.get<SessionPage>(`${at(project, 'sessions')}?limit=200`, signal)).sessions,
  });
}

export function useDiff(project: string, item: string) {
  const client = useClient();
  return useQuery({
    queryKey: ['project', project, 'diff', item],
    queryFn: ({ signal }) => client.get<Diff>(at(project, 'diff', item), signal),
  });
}

/** Everything that was stored of the project, the oldest first; later reads only add what is new. */
export function useHistory(project: string) {
  const client = useClient();
  const queries = useQueryClient();
  const queryKey = ['project', project, 'history'];
  return useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<readonly EventRecord[]> => {
      const events = [...(queries.getQueryData<readonly EventRecord[]>(queryKey) ?? [])];
      for (;;) {
        const path = `${at(project, 'events')}?limit=1000&after=${events.at(-1)?.id ?? 0}`;
        const page = await client.get<EventPage>(path, signal);
        events.push(...page.events);
        if (page.next === null) return events;
      }
    },
  });
}

/** The plan's documents as they stand. */
export function useDocuments(project: string) {
  const client = useClient();
  return useQuery({
    queryKey: ['project', project, 'documents'],
    queryFn: async ({ signal }) =>
      (await client.get<DocumentList>(at(project, 'documents'), signal)).documents,
  });
}

/** What a person asks of a run. */
export type Order =
  | { readonly verb: 'run'; readonly body: StartRun }
  | { readonly verb: 'resume' | 'pause'; readonly body: Record<string, never> }
  | { readonly verb: 'stop'; readonly body: { readonly now?: boolean } }
  | {
      readonly verb: 'approve';
      readonly body: { readonly approval: string; readonly state: string; readonly text?: string };
    }
  | {
      readonly verb: 'reject';
      readonly body: { readonly approval: string; readonly state: string; readonly reason: string };
    };

/**
 * Sends an order; whatever came of it, the page then shows how things stand. `onTaken` is called even
 * when what gave the order is not on the page any more.
 */
export function useOrder(project: string, onTaken?: () => void) {
  const client = useClient();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ verb, body }: Order) => client.send<unknown>('POST', at(project, verb), body),
    onSuccess: (_, { body }) => {
      // What was answered is not shown as open until the server's next word.
      if ('approval' in body)
        queries.setQueryData<Board>(['project', project, 'board'], (board) =>
          board === undefined ? undefined : without(board, body.approval),
        );
      onTaken?.();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['project', project] }),
  });
}

function without(board: Board, answered: string): Board {
  return { ...board, approvals: board.approvals.filter(({ id }) => id !== answered) };
}

/** What a person decides about a blocked work item: to try it again, or to go on without it. */
export function useItemChange(project: string, item: string) {
  const client = useClient();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: ChangeWorkItem) =>
      client.send<WorkItem>('PATCH', at(project, 'work-items', item), change),
    onSettled: () => queries.invalidateQueries({ queryKey: ['project', project] }),
  });
}
