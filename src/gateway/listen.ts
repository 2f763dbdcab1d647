import { once } from 'node:events';
import { chmod, mkdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { dirname } from 'node:path';
import { HarnessError } from '../domain/errors.ts';

/** A socket address holds 108 bytes; the rest is room for the box's view of the path. */
const MAX_SOCKET_PATH_BYTES = 90;

/** Throws `SOCKET_PATH_TOO_LONG`: no such socket can be made. */
export function assertSocketPath(path: string): void {
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES)
    throw new HarnessError(
      'SOCKET_PATH_TOO_LONG',
      `The socket path ${path} is longer than ${MAX_SOCKET_PATH_BYTES} bytes; set TMPDIR to a shorter folder.`,
    );
}

/** Listens where only this user can connect, in a folder made if need be. Throws `SOCKET_PATH_TOO_LONG`. */
export async function listenOnSocket(server: Server, path: string): Promise<string> {
  assertSocketPath(path);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // One left by a killed process would keep us from listening.
  await rm(path, { force: true });
  server.listen(path);
  await once(server, 'listening');
  await chmod(path, 0o600);
  return path;
}

/** Listens on a free loopback port and gives its URL. Throws `NOT_LISTENING`. */
export async function listenOnLoopback(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new HarnessError('NOT_LISTENING', 'The gateway got no loopback port; try again.');
  return `http://127.0.0.1:${address.port}`;
}
