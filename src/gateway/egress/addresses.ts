import { BlockList, isIP } from 'node:net';

/**
 * What lies behind an address: `public`, the internet; `private`, a network or machine that is
 * somebody's own, or a range of special use; `never`, what no operator can mean: this link and with
 * it the metadata services of clouds, groups, nothing at all, and IPv6 forms that hide another
 * address (mapped, compatible, NAT64, 6to4, Teredo).
 */
export type AddressKind = 'public' | 'private' | 'never';

const NEVER = listOf([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Metadata services outside the link: Azure, Alibaba Cloud, Oracle Cloud, Amazon.
  '168.63.129.16/32',
  '100.100.100.200/32',
  '192.0.0.192/32',
  'fd00:ec2::254/128',
  '2001::/32',
  '2002::/16',
]);

/** The special-purpose registries of IANA (RFC 6890 and its updates). */
const PRIVATE = listOf([
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  'fc00::/7',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '3fff::/20',
  '5f00::/16',
]);

/** All that is assigned to the internet so far: of version 6 everything else is none of it. */
const GLOBAL = listOf(['2000::/3']);

/** @param address As a resolver gives it. What is no address is `never`. */
export function kindOf(address: string): AddressKind {
  const version = isIP(address);
  if (version === 4) return kindIn('ipv4', address);
  // A zone, as in fe80::1%eth0, only ever follows an address of this link.
  return version === 6 && !address.includes('%') ? kindOf6(address) : 'never';
}

function kindOf6(address: string): AddressKind {
  const { hostname: usual } = new URL(`http://[${address}]/`);
  if (usual === '[::1]') return 'private';
  // Before the lists, for which such an address is the one that it hides.
  if (usual.startsWith('[::ffff:')) return 'never';
  const kind = kindIn('ipv6', address);
  return kind === 'public' && !GLOBAL.check(address, 'ipv6') ? 'never' : kind;
}

function kindIn(family: 'ipv4' | 'ipv6', address: string): AddressKind {
  if (NEVER.check(address, family)) return 'never';
  return PRIVATE.check(address, family) ? 'private' : 'public';
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
