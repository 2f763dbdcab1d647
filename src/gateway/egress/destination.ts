import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { isAddress, OWN_MACHINE, readHostAndPort } from '../../domain/egress.ts';
import type { EgressHost } from '../../domain/egress.ts';
import { messageOf } from '../../domain/errors.ts';
import { kindOf } from './addresses.ts';

/** Addresses of a name; rejects when it has none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Where a process in the box wants to go. */
export interface Destination {
  /** Canonical; addresses of version 6 in brackets. */
  readonly host: string;
  readonly port: number;
}

/** Where a call goes: addresses that were resolved and judged here, or the refusal for the session. */
export type Route =
  | {
      readonly status: 'open';
      readonly destination: Destination;
      /** Checked; nothing else is connected to. */
      readonly addresses: readonly [string, ...string[]];
    }
  | { readonly status: 'refused'; readonly code: 403 | 502; readonly reason: string };

/** Longer than any resolver needs that still answers. */
const RESOLVE_MS = 10_000;

/** Reads the target of a CONNECT. Undefined for what names no host and port. */
export function destinationOf(authority: string): Destination | undefined {
  const read = readHostAndPort(authority);
  return read?.port === undefined ? undefined : { host: read.host, port: read.port };
}

/** Reads the whole URL of a plain request. Undefined for all but `http:`, and for one with a user in it. */
export function plainTargetOf(
  target: string,
): { readonly destination: Destination; readonly path: string } | undefined {
  const url = URL.parse(target);
  if (url === null || url.protocol !== 'http:' || url.username + url.password !== '')
    return undefined;
  const destination = destinationOf(`${url.hostname}:${url.port === '' ? '80' : url.port}`);
  return destination && { destination, path: url.pathname + url.search };
}

/** As people write it. */
export function nameOf({ host, port }: Destination): string {
  return `${host}:${port}`;
}

/**
 * Judges a destination by the operator's list and by what its name stands for at this moment. The
 * addresses that were judged are the ones to be connected to, so a name that changes its meaning in
 * between leads nowhere else.
 */
export async function routeTo(
  destination: Destination,
  { hosts, resolve }: { readonly hosts: readonly EgressHost[]; readonly resolve: Resolve },
): Promise<Route> {
  const name = nameOf(destination);
  const listed = hosts.filter(
    ({ host, ports }) => host === destination.host && ports.includes(destination.port),
  );
  if (listed.length === 0)
    return refused(`${name} is not a host of this phase; the operator can list it: sandbox.egress`);
  const found = await addressesOf(destination.host, resolve);
  if (typeof found === 'string')
    return { status: 'refused', code: 502, reason: `${name} could not be resolved: ${found}` };
  const own = listed.some((entry) => entry.private);
  const [first, ...rest] = found.filter((address) => isAdmitted(address, own));
  if (first !== undefined) return { status: 'open', destination, addresses: [first, ...rest] };
  const advice = 'the operator can list it with private: true in sandbox.egress';
  return refused(`${name} leads to an address that is not on the internet; ${advice}`);
}

function isAdmitted(address: string, own: boolean): boolean {
  const kind = kindOf(address);
  return kind === 'public' || (own && kind === 'private');
}

async function addressesOf(host: string, resolve: Resolve): Promise<readonly string[] | string> {
  if (host === OWN_MACHINE) return ['127.0.0.1', '::1'];
  if (isAddress(host)) return [host.replaceAll(/[[\]]/gu, '')];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((done) => {
    timer = setTimeout(() => done('no answer in time'), RESOLVE_MS);
  });
  try {
    return await Promise.race([resolve(host), late]);
  } catch (error) {
    return messageOf(error);
  } finally {
    clearTimeout(timer);
  }
}

function refused(reason: string): Route {
  return { status: 'refused', code: 403, reason };
}

/** Asks the operating system, as every other program of the host does. */
export async function resolveOnHost(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, order: 'verbatim' });
  return found.map(({ address }) => address);
}

/** A resolver that knows these addresses and nothing else. */
export function pinned(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({
    address,
    family: address.includes(':') ? 6 : 4,
  }));
  return (_host, options, done) => {
    const [first] = found;
    if (options.all === true) done(null, found);
    else done(null, first?.address ?? '', first?.family);
  };
}
