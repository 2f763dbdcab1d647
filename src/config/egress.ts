import { asSeenInBox, COMMAND_PHASES, readHostAndPort, USUAL_PORTS } from '../domain/egress.ts';
import type { EgressHost } from '../domain/egress.ts';
import { filesOf } from '../domain/registries.ts';
import type { Registries } from '../domain/registries.ts';
import type { FileSettings } from './schema.ts';

type Listed = FileSettings['sandbox']['egress'];

/**
 * Every host that sessions may reach. Those of the operator's package managers may lie on a private
 * network: the operator's own configuration names them.
 */
export function egressHosts(listed: Listed, registries: Registries): readonly EgressHost[] {
  const { npm, pypi, scopes } = registries;
  const all = [npm, ...Object.values(scopes), pypi, filesOf(pypi)];
  const urls = all.filter((url) => url !== null);
  return [...new Set(urls.map((url) => new URL(asSeenInBox(url)).origin)).values()]
    .map((origin) => hostOfRegistry(origin))
    .concat(listed.flatMap((entry) => hostOfEntry(entry)));
}

function hostOfRegistry(origin: string): EgressHost {
  const { hostname, port, protocol } = new URL(origin);
  const ports = [port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)];
  return { host: hostname.replace(/\.$/u, ''), ports, phases: COMMAND_PHASES, private: true };
}

/** The schema has refused what can't be read. */
function hostOfEntry(entry: Listed[number]): readonly EgressHost[] {
  const given: Exclude<Listed[number], string> =
    typeof entry === 'string' ? { host: entry, private: false } : entry;
  const read = readHostAndPort(given.host);
  if (read === undefined) return [];
  const ports = read.port === undefined ? USUAL_PORTS : [read.port];
  return [
    { host: read.host, ports, phases: given.phases ?? COMMAND_PHASES, private: given.private },
  ];
}

/** What the file said, in its own form; the hosts of package managers come first and are left out. */
export function egressEntries(hosts: readonly EgressHost[], registries: Registries): Listed {
  return hosts.slice(egressHosts([], registries).length).map(({ host, ports, phases, ...rest }) => {
    const [port] = ports;
    return {
      host: ports.length > 1 ? host : `${host}:${port}`,
      phases: [...phases],
      private: rest.private,
    };
  });
}
