import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { Route, Router, Switch } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { ApiProblem, createClient } from './api/client.ts';
import { ClientContext } from './api/client-context.ts';
import { Shell } from './shell.tsx';
import { keepToken, tokenOf } from './token.ts';
import { NotFound } from './views/not-found.tsx';
import { ProjectPage } from './views/project.tsx';
import { Projects } from './views/projects.tsx';
import { TokenGate } from './views/token-gate.tsx';

/** Pages stand in the fragment: the server knows one page, and never sees which project is looked at. */
const ROUTING = { hook: useHashLocation };

/** How a browser's tab stands to the server. */
type Door = { readonly state: 'open' } | { readonly state: 'refused'; readonly had: boolean };

export function App() {
  const [token, setToken] = useToken();
  const [door, setDoor] = useState<Door>({ state: 'open' });
  const client = useMemo(
    () =>
      createClient({
        base: new URL('v1', document.baseURI).pathname,
        token,
        fetch: (input, init) => fetch(input, init),
        newKey: () => crypto.randomUUID(),
      }),
    [token],
  );
  const queries = useMemo(() => queryClient(token, setDoor), [token]);

  const enter = (given: string): void => {
    keepToken(given, sessionStorage);
    setDoor({ state: 'open' });
    setToken(given);
  };

  return (
    <ClientContext value={client}>
      <QueryClientProvider client={queries}>
        <Router {...ROUTING}>
          <Shell>
            {door.state === 'refused' ? (
              <TokenGate refused={door.had} onToken={enter} />
            ) : (
              <Pages />
            )}
          </Shell>
        </Router>
      </QueryClientProvider>
    </ClientContext>
  );
}

function Pages() {
  return (
    <Switch>
      <Route path="/" component={Projects} />
      <Route path="/projects/:id/*?">{({ id }) => <ProjectPage key={id} id={id} />}</Route>
      <Route>
        <NotFound what="page" />
      </Route>
    </Switch>
  );
}

/** The token of this tab; one that arrives later in the address replaces it. */
function useToken(): readonly [string | null, (token: string) => void] {
  const [token, setToken] = useState(readToken);
  useEffect(() => {
    const reread = (): void => setToken(readToken());
    addEventListener('hashchange', reread);
    return () => removeEventListener('hashchange', reread);
  }, []);
  return [token, setToken];
}

function readToken(): string | null {
  return tokenOf(location, sessionStorage, (url) => history.replaceState(history.state, '', url));
}

/** What is refused for want of a token is not asked again; what got no answer is. */
function queryClient(token: string | null, setDoor: (door: Door) => void): QueryClient {
  const onError = (error: Error): void => {
    if (error instanceof ApiProblem && error.status === 401)
      setDoor({ state: 'refused', had: token !== null });
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        retry: (failures, error) => !isAnswer(error) && failures < 2,
        retryDelay: 800,
        refetchOnWindowFocus: true,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}

function isAnswer(error: Error): boolean {
  return error instanceof ApiProblem && error.status > 0 && error.status < 500;
}
