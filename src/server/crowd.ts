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

/** Refuses requests while too many connections are open: what is open goes on. */
export function refuseCrowds(http: Http): void {
  let open = 0;
  http.server.maxConnections = MOST_CONNECTIONS + MOST_REFUSED;
  http.server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => (open -= 1));
  });
  http.addHook('onRequest', async () => {
    if (open <= MOST_CONNECTIONS) return;
    throw new Refusal(503, 'CONNECTIONS_FULL', {
      detail: `More than ${MOST_CONNECTIONS} connections are open; close some, then try again`,
      headers: { connection: 'close', 'retry-after': '5' },
    });
  });
}
