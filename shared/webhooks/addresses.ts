import { BlockList, isIPv4 } from 'node:net';

/** Not for the public, by IANA's registries of special-purpose addresses; 169.254.169.254 is AWS's metadata. */
const RESERVED_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** All that IPv6 has given out; what lies outside (mapped IPv4, loopback, local and link-local ones) is nobody's. */
const PUBLIC_IPV6 = ['2000::/3'];
/** Of that: tunnels, which lead to IPv4 addresses, and documentation. */
const RESERVED_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

function listOf(type: 'ipv4' | 'ipv6', ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    list.addSubnet(network, Number(bits), type);
  }
  return list;
}

const reservedV4 = listOf('ipv4', RESERVED_IPV4);
const publicV6 = listOf('ipv6', PUBLIC_IPV6);
const reservedV6 = listOf('ipv6', RESERVED_IPV6);
const loopbackV4 = listOf('ipv4', ['127.0.0.0/8']);

/** Whether an address belongs to the public internet. */
export const isPublicAddress = (address: string): boolean =>
  isIPv4(address) ? !reservedV4.check(address) : publicV6.check(address, 'ipv6') && !reservedV6.check(address, 'ipv6');

export const isLoopbackAddress = (address: string): boolean =>
  isIPv4(address) ? loopbackV4.check(address) : address === '::1';
