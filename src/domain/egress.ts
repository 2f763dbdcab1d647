import type { PhaseName } from './phase.ts';

/** A host that sessions may reach through the gateway. */
export interface EgressHost {
  /** As `canonicalHost` gives it. */
  readonly host: string;
  readonly ports: readonly number[];
  readonly phases: readonly PhaseName[];
  /** The operator says that it lies on a network of their own, or on this machine. */
  readonly private: boolean;
}

/** Where commands are run: nothing else has a use for the network. */
export const COMMAND_PHASES: readonly PhaseName[] = ['initialize', 'implement', 'testing'];

/** What is reached where no port is named. */
export const USUAL_PORTS: readonly number[] = [443, 80];

/**
 * What a box calls the machine that it runs on: inside, `localhost` is the box itself. It leads
 * nowhere but to listed ports.
 */
export const OWN_MACHINE = 'operator.internal';

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`, 'u');
const IPV4 = /^\d+(?:\.\d+){3}$/u;

/**
 * The one spelling of a host, so that lists and requests can be compared: lower case, international
 * names in their ASCII form, numeric addresses in their usual form, no dot at the end. Undefined for
 * what is none.
 */
export function canonicalHost(text: string): string | undefined {
  if (/[^\p{L}\p{N}\p{M}.\-_[\]:]/u.test(text)) return undefined;
  const bracketed = text.startsWith('[');
  if (!bracketed && text.includes(':')) return undefined;
  const host = URL.parse(`http://${text}/`)?.hostname.replace(/(?<=.)\.$/u, '');
  if (host === undefined) return undefined;
  return bracketed || NAME.test(host) ? host : undefined;
}

/** Whether a canonical host is an address instead of a name. */
export function isAddress(host: string): boolean {
  return host.startsWith('[') || IPV4.test(host);
}

/** A URL on this machine's loopback as a box has to name it; any other stays as it is. */
export function asSeenInBox(url: string): string {
  return url.replace(
    /^(?<scheme>http:\/\/)(?:localhost|127\.0\.0\.1|\[::1\])(?=[:/])/u,
    `$1${OWN_MACHINE}`,
  );
}

export interface HostAndPort {
  readonly host: string;
  readonly port: number | undefined;
}

/** Reads `host` or `host:port`; undefined for anything else. */
export function readHostAndPort(text: string): HostAndPort | undefined {
  const parts = /^(?<name>\[[^\]]*\]|[^:]*)(?::(?<port>[1-9]\d{0,4}))?$/u.exec(text)?.groups;
  const host = parts?.['name'] === undefined ? undefined : canonicalHost(parts['name']);
  const port = parts?.['port'] === undefined ? undefined : Number(parts['port']);
  if (host === undefined || (port ?? 0) > 65_535) return undefined;
  return { host, port };
}
