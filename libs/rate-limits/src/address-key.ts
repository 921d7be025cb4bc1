import { isIPv6 } from 'node:net';

/** An IPv4 address written as an IPv6 one (RFC 4291 2.5.5.2). */
const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;

/**
 * The part of a client's address by which it is counted: an IPv4 address whole, of an IPv6 address the first 64 bits.
 * The rest is the client's to choose (RFC 4291 2.5.1, RFC 8981), so that a single host has 2^64 addresses.
 */
export function addressKey(ip: string): string {
  const mapped = MAPPED.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  const [address = ''] = ip.split('%');
  if (!isIPv6(address)) return ip;
  return `${network(address).join(':')}::/64`;
}

/** The first four of the eight groups, each without leading zeros. */
function network(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  // An address that ends in IPv4 form has two groups there.
  const right =
    tail === undefined || tail === ''
      ? []
      : tail.split(':').flatMap((group) => (group.includes('.') ? [group, group] : [group]));
  const missing = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = tail === undefined ? left : [...left, ...missing, ...right];
  return groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
}
