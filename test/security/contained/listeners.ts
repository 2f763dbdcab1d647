import { once } from 'node:events';
import { createServer, type ListenOptions } from 'node:net';

/** Services of the host that count who comes, and greet with the canary. */
export interface Listener extends AsyncDisposable {
  readonly port: number;
  visits(): number;
}

/** Null: somebody else has this place. */
export async function aListener(place: ListenOptions, canary: string): Promise<Listener | null> {
  let visits = 0;
  const server = createServer((socket) => {
    visits += 1;
    socket.on('error', () => socket.destroy());
    socket.once('data', () =>
      socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${canary}\n`),
    );
    // Somebody who only listens is greeted, too.
    setTimeout(() => socket.end(`${canary}\n`), 500).unref();
  });
  server.listen(place);
  const listening = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (!listening) return null;
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    visits: () => visits,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}
