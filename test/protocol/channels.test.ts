import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { channelName, parseChannel } from '../../src/protocol/channels.js';
import { CLOSE, shouldReconnect } from '../../src/protocol/close-codes.js';
import { VIEW_NAMES } from '../../src/protocol/messages.js';

describe('channels', () => {
  test.each([
    ['main/orders', { branchId: 'main', view: 'orders' }],
    ['main/kitchen', { branchId: 'main', view: 'kitchen' }],
    ['main/kitchen/grill', { branchId: 'main', view: 'kitchen', station: 'grill' }],
  ] as const)('P-CHAN-1 %s is %o', (name, channel) => {
    expect(parseChannel(name)).toEqual(channel);
    expect(channelName(channel)).toBe(name);
  });

  test('P-CHAN-1 every name reads back', () => {
    const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,20}$/);
    const channel = fc.oneof(
      fc.record({ branchId: id, view: fc.constantFrom(...VIEW_NAMES) }),
      fc.record({ branchId: id, view: fc.constant('kitchen' as const), station: id }),
    );
    fc.assert(
      fc.property(channel, (value) => {
        expect(parseChannel(channelName(value))).toEqual(value);
      }),
    );
  });

  test.each(['', 'main', 'main/', '/orders', 'main/cellar', 'main/orders/grill', 'main/kitchen/'])(
    'P-CHAN-1 "%s" is no channel',
    (name) => {
      expect(parseChannel(name)).toBeNull();
    },
  );
});

test('P-CLOSE-1 the code alone says whether to reconnect', () => {
  const stay = [1000, 1001, 4400, 4401, 4403, 4408, 4409];
  const back = [1006, 1009, 1011, 1012, 1013, 4410, 4413, 4429, 4499];
  expect(stay.filter(shouldReconnect)).toEqual([]);
  expect(back.filter((code) => !shouldReconnect(code))).toEqual([]);
  expect(Object.values(CLOSE).every((code) => stay.includes(code) || back.includes(code))).toBe(
    true,
  );
});
