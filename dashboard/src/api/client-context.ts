import { createContext, use } from 'react';
import type { Client } from './client.ts';

export const ClientContext = createContext<Client | null>(null);

/** The tab's way to the server. */
export function useClient(): Client {
  const client = use(ClientContext);
  if (client === null) throw new Error('There is no client above this part of the page.');
  return client;
}
