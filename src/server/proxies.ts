/** Who a request really comes from: what proxies say of it counts only where the operator named them. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

export interface TrustedProxies {
  trusts(address: string): boolean;
  /** The client's address: of the hops from here outwards the first that is no trusted proxy. */
  clientAddress(request: IncomingMessage): string;
}

/** An address, or a network like 10.0.0.0/8. */
export function isAddressOrNetwork(entry: string): boolean {
  const [address = '', bits, ...more] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
  );
}

/** Each entry has passed `isAddressOrNetwork`. */
export function trustProxies(entries: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  const trusts = (address: string): boolean =>
    isIP(address) !== 0 && list.check(address, familyOf(address));
  return {
    trusts,
    clientAddress({ socket, headers }) {
      const forwarded = headers['x-forwarded-for'];
      const text = typeof forwarded === 'string' ? forwarded : (forwarded ?? []).join(',');
      const hops = text.split(',').flatMap((hop) => (hop.trim() === '' ? [] : [hop.trim()]));
      let address = socket.remoteAddress ?? 'unknown';
      for (let hop = hops.pop(); hop !== undefined && trusts(address); hop = hops.pop()) {
        address = hop;
      }
      return address;
    },
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
