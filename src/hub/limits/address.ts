/** What of a client's address stands for one client: its IPv4 address, or the network of 64 bits that an IPv6 client has to itself. */
const MAPPED_IPV4 = '::ffff:';
const GROUPS = 8;
const GROUPS_OF_NETWORK = 4;

export function addressKey(address: string): string {
  if (!address.includes(':')) return address;
  const lower = address.toLowerCase();
  if (lower.startsWith(MAPPED_IPV4) && lower.includes('.')) return lower.slice(MAPPED_IPV4.length);
  const [plain = ''] = lower.split('%', 1);
  const [before = '', after = ''] = plain.split('::', 2);
  const head = before === '' ? [] : before.split(':');
  const tail = after === '' ? [] : after.split(':');
  const missing = plain.includes('::') ? GROUPS - head.length - tail.length : 0;
  const groups = [...head, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...tail];
  return `${groups.slice(0, GROUPS_OF_NETWORK).join(':')}::/64`;
}
