import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { canonicalHost, isAddress } from '../../domain/egress.ts';
import { messageOf } from '../../domain/errors.ts';
import { openingOf } from './client-hello.ts';
import type { Opening } from './client-hello.ts';
import { pinned } from './destination.ts';
import type { Destination, Route } from './destination.ts';
import type { Tally } from './tally.ts';

/** A route that may be taken. */
export type OpenRoute = Extract<Route, { status: 'open' }>;

const CONNECT_MS = 10_000;
/** For the first bytes of a client that has been let through. */
const OPENING_MS = 10_000;
/** A hello comes in one or two pieces: looking again at each byte would cost us, not them. */
const MOST_CHUNKS = 64;
/** Silence that ends a connection; package managers keep theirs for less. */
export const IDLE_MS = 120_000;
/** Longer than any download of an allowed size. */
export const LIFE_MS = 30 * 60_000;

/** Connects to the addresses that were checked, to nothing else. The reason when none answers. */
export function dial({ destination, addresses }: OpenRoute): Promise<Socket | string> {
  const { host, port } = destination;
  return new Promise((resolve) => {
    const socket = connect({
      host: isAddress(host) ? addresses[0] : host,
      port,
      lookup: pinned(addresses),
      allowHalfOpen: true,
    });
    const fail = (reason: string): void => {
      socket.destroy();
      resolve(reason);
    };
    socket.setTimeout(CONNECT_MS, () => fail('no answer in time'));
    socket.once('error', (error) => fail(reasonOf(error)));
    socket.once('connect', () => {
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

function reasonOf(error: Error): string {
  return error instanceof AggregateError
    ? error.errors.map(messageOf).join('; ')
    : messageOf(error);
}

/** What the client begins with; its bytes stay to be read. */
export function peek(socket: Socket, head: Buffer): Promise<Opening> {
  return new Promise((resolve) => {
    let bytes = head;
    let chunks = 0;
    const settle = (opening: Opening): void => {
      clearTimeout(timer);
      socket.off('data', take).off('end', end).off('close', end).pause();
      if (bytes.length > 0 && !socket.destroyed) socket.unshift(bytes);
      resolve(opening);
    };
    const look = (): void => {
      const opening = openingOf(bytes);
      if (opening.status !== 'more') settle(opening);
    };
    const end = (): void => settle({ status: 'unknown' });
    const take = (chunk: Buffer): void => {
      chunks += 1;
      if (chunks > MOST_CHUNKS) return end();
      bytes = Buffer.concat([bytes, chunk]);
      look();
    };
    const timer = setTimeout(end, OPENING_MS);
    socket.on('data', take).once('end', end).once('close', end);
    look();
  });
}

/**
 * Why a tunnel to this host may not begin like this; null: it may. One address serves many names, so
 * a name inside that is not the one that was asked for would lead to any customer of the same
 * provider, and so would a name that only the provider can read.
 */
export function faultOf(opening: Opening, { host }: Destination): string | null {
  if (opening.status !== 'tls') return 'neither TLS nor plain HTTP is spoken in the tunnel';
  if (opening.encrypted) return 'the name inside the tunnel is encrypted';
  if (opening.serverName === null) return isAddress(host) ? null : 'no name is given in the tunnel';
  const inside = canonicalHost(opening.serverName);
  return inside === host ? null : 'another host is named inside the tunnel';
}

/** A fatal alert, "unrecognized_name": the client learns at once and says so. */
export const TLS_ALERT = Buffer.from([21, 3, 3, 0, 2, 2, 112]);

/** The two ends of a tunnel. */
export interface Join {
  readonly near: Socket;
  readonly far: Socket;
  readonly name: string;
  readonly tally: Tally;
}

/** Carries bytes both ways until both sides have ended, or one breaks, idles or meets a bound. */
export async function join({ near, far, name, tally }: Join): Promise<void> {
  const cut = (): void => {
    near.destroy();
    far.destroy();
  };
  const life = setTimeout(cut, LIFE_MS);
  // How a connection of others ends is theirs to judge.
  await Promise.allSettled([
    pipeline(near, tally.meter(name, 'out'), far),
    pipeline(far, tally.meter(name, 'in'), near),
  ]);
  clearTimeout(life);
  cut();
}
