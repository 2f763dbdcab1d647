import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { Server, Socket } from 'node:net';

/** A server of this process that listens on 127.0.0.1. */
export interface Loopback extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:<port>`, with no slash behind it. */
  readonly url: string;
  /** Ends it and whatever is connected to it; once it has ended, nothing. */
  readonly close: () => Promise<void>;
}

/** Answers requests on a port of 127.0.0.1. */
export function serveHttp(listener: RequestListener): Promise<Loopback> {
  return onLoopback(createServer(listener));
}

/** Lets a server listen on this port of 127.0.0.1, or on any that is free. */
export async function onLoopback(server: Server, wanted = 0): Promise<Loopback> {
  const connected = new Set<Socket>();
  server.on('connection', (socket) => {
    connected.add(socket);
    socket.once('close', () => connected.delete(socket));
  });
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on no port');
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of connected) socket.destroy();
    await closed;
  };
  const { port } = address;
  return { port, url: `http://127.0.0.1:${port}`, close, [Symbol.asyncDispose]: close };
}

/** A port of loopback that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const { port, close } = await serveHttp(() => undefined);
  await close();
  return port;
}
