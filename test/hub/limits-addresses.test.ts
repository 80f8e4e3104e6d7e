import { describe, expect, it } from 'vitest';
import { addressKey } from '../../src/hub/limits/address.js';
import { AddressLimits } from '../../src/hub/limits/addresses.js';
import { HUB_LIMITS, type HubLimits } from '../../src/hub/options.js';
import { ManualTimers } from '../support/manual-timers.js';

const timers = new ManualTimers();

function limits(more: Partial<HubLimits>): AddressLimits {
  return new AddressLimits({ ...HUB_LIMITS, ...more }, timers);
}

describe('what comes from one address', () => {
  it('L-IP-4 an IPv6 client is its network of 64 bits, an IPv4 client its address, however it is written', () => {
    const same: readonly (readonly [string, string])[] = [
      ['203.0.113.7', '203.0.113.7'],
      ['::ffff:203.0.113.7', '203.0.113.7'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
      ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
      ['2001:db8::9', '2001:db8:0:0::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
      ['::1', '0:0:0:0::/64'],
    ];
    for (const [address, key] of same) {
      expect([address, addressKey(address)]).toEqual([address, key]);
    }
  });

  it('L-IP-1 new connections in a minute are bounded by address; others have their own', async () => {
    const addresses = limits({ connectionsPerMinutePerIp: 2 });
    expect(await addresses.connecting('10.0.0.1')).toBe(0);
    expect(await addresses.connecting('10.0.0.1')).toBe(0);
    const waitMs = await addresses.connecting('10.0.0.1');
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(60_000);
    expect(await addresses.connecting('10.0.0.2')).toBe(0);
    expect(addresses.refused).toEqual({ connections: 1, unauthenticated: 0 });
  });

  it('L-IP-2 connections at once are bounded by address, and one that closes makes room', async () => {
    const addresses = limits({ connectionsPerIp: 2 });
    addresses.opened('10.0.0.1');
    addresses.opened('::ffff:10.0.0.1');
    expect(await addresses.connecting('10.0.0.1')).toBeGreaterThan(0);
    expect(await addresses.connecting('10.0.0.2')).toBe(0);
    addresses.closed('10.0.0.1');
    expect(await addresses.connecting('10.0.0.1')).toBe(0);
  });

  it('L-IP-5 no more addresses are remembered than the bound, and those whose minute is over are forgotten', async () => {
    const addresses = limits({ unauthenticatedPerMinutePerIp: 1, addressesMax: 3 });
    for (const last of [1, 2, 3, 4]) {
      expect(await addresses.unauthenticated(`10.0.0.${String(last)}`, 'withoutToken')).toBe(0);
    }
    expect(addresses.size).toBe(3);
    expect(await addresses.unauthenticated('10.0.0.4', 'withoutToken')).toBeGreaterThan(0);
    expect(await addresses.unauthenticated('10.0.0.1', 'withoutToken')).toBe(0);
    timers.advance(60_000);
    addresses.sweep();
    expect(addresses.size).toBe(0);
  });

  it('L-IP-6 the defaults let sixty tablets and a storm of two thousand clients behind one address come back', async () => {
    const addresses = limits({});
    for (let nth = 0; nth < 4_000; nth += 1) {
      expect(await addresses.connecting('10.0.0.1')).toBe(0);
      addresses.opened('10.0.0.1');
    }
  });
});
