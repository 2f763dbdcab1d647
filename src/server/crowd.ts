import type { Socket } from 'node:net';
import type { Http } from './parts.ts';
import { Refusal } from './problems.ts';

/** Connections at once whose requests are answered. */
const MOST_CONNECTIONS = 500;

/** So many more are told that there are too many; the rest is closed without a word. */
const MOST_REFUSED = 250;

/** Who hung up before its request was looked at: no address is known of it, and it hears no answer. */
export function leaveTheGone(http: Http): void {
  http.addHook('onRequest', (request, reply, done) => {
    if (request.socket.remoteAddress !== undefined) return done();
    reply.hijack();
    request.socket.destroy();
  });
}

/** Refuses the requests of connections that came while too many were open: what was open goes on. */
export function refuseCrowds(http: Http): void {
  const refused = new WeakSet<Socket>();
  let admitted = 0;
  http.server.maxConnections = MOST_CONNECTIONS + MOST_REFUSED;
  http.server.on('connection', (socket) => {
    if (admitted >= MOST_CONNECTIONS) return void refused.add(socket);
    admitted += 1;
    socket.once('close', () => (admitted -= 1));
  });
  http.addHook('onRequest', async ({ socket }) => {
    if (!refused.has(socket)) return;
    throw new Refusal(503, 'CONNECTIONS_FULL', {
      detail: `More than ${MOST_CONNECTIONS} connections are open; close some, then try again`,
      headers: { connection: 'close', 'retry-after': '5' },
    });
  });
}
