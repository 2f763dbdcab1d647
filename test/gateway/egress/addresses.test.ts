import { expect, test } from 'vitest';
import { kindOf } from '../../../src/gateway/egress/addresses.ts';

const NEVER = `0.0.0.0 0.1.2.3 169.254.169.254 169.254.0.1 224.0.0.1 239.255.255.255 240.0.0.1
  255.255.255.255 168.63.129.16 100.100.100.200 192.0.0.192 fd00:ec2::254 :: ::2 ::7f00:1
  ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:7f00:1 0:0:0:0:0:ffff:808:808 64:ff9b::7f00:1
  64:ff9b::8.8.8.8 64:ff9b:1::1 2001:0:1::1 2002:7f00:1::1 fe80::1 fe80::1%eth0 febf::1 fec0::1
  ff02::1 1000::1 4000::1 a::1 localhost 127.1 0x7f000001 2130706433 1.2.3 1.2.3.4.5 example.org`;

const PRIVATE = `127.0.0.1 127.255.255.254 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255
  192.168.0.1 100.64.0.1 100.127.255.255 192.0.0.1 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.1
  203.0.113.80 ::1 0:0:0:0:0:0:0:1 fc00::1 fdff::1 2001:db8::1 2001:2::1 3fff::1`;

const PUBLIC = `1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255
  128.0.0.1 169.253.255.255 172.15.255.255 172.32.0.1 192.167.255.255 192.169.0.1 223.255.255.255
  2606:4700::6810:1 2a00:1450:4001::200e 2600::`;

function words(text: string): readonly string[] {
  return text.split(/\s+/u);
}

test.each([
  ['never', NEVER],
  ['private', PRIVATE],
  ['public', PUBLIC],
] as const)('I8 each of these addresses is %s', (kind, text) => {
  const kinds = words(text).map((address) => [address, kindOf(address)]);
  expect(kinds).toEqual(words(text).map((address) => [address, kind]));
});
