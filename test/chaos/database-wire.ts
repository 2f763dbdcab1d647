import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What a tap does with a piece: hands it on, or keeps it for ever. */
type Verdict = 'pass' | 'keep';

/** Sees every piece on its way, in order. */
export interface Tap {
  /** Of a command, to the database. */
  asked?(piece: string): Verdict;
  /** Of the database, to a command. */
  answered?(): Verdict;
}

/** A way to a database that can be interrupted; the database itself stays well. */
export interface DatabaseWire extends AsyncDisposable {
  /** The database's address over this way. */
  readonly url: string;
  /** Whoever asks is let in, and hears nothing any more. */
  silence(): void;
  /** Whoever is connected is cut off, and nobody is let in. */
  cut(): Promise<void>;
  /** It is as at the beginning; what was cut off has to connect anew. */
  mend(): Promise<void>;
}

export async function aDatabaseWire(databaseUrl: string, tap: Tap = {}): Promise<DatabaseWire> {
  const target = new URL(databaseUrl);
  const open = new Set<Socket>();
  let silent = false;
  const carry = (client: Socket): void => {
    const database = connect(Number(target.port), target.hostname);
    for (const socket of [client, database]) {
      open.add(socket);
      // An end that breaks off is what this is for.
      socket.on('error', () => socket.destroy());
      socket.once('close', () => {
        open.delete(socket);
        client.destroy();
        database.destroy();
      });
      if (silent) socket.pause();
    }
    client.on('data', (piece) => {
      if (tap.asked?.(piece.toString('latin1')) !== 'keep') database.write(piece);
    });
    database.on('data', (piece) => {
      if (tap.answered?.() !== 'keep') client.write(piece);
    });
  };
  const server = createServer(carry);
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const port = await listen(0);
  const cut = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    await closed;
  };
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    silence() {
      silent = true;
      for (const socket of open) socket.pause();
    },
    cut,
    async mend() {
      silent = false;
      // What was kept from it is not sent late: its owner has given it up.
      for (const socket of open) socket.destroy();
      if (!server.listening) await listen(port);
    },
    [Symbol.asyncDispose]: cut,
  };
}
