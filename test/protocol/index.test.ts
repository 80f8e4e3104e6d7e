import { expect, test } from 'vitest';
import * as wire from '../../src/protocol/index.js';
import { ENCODINGS } from './support.js';

test.each(ENCODINGS)(
  'P-GUARD-8 a client can tell before it sends half a pair as %s',
  (encoding) => {
    const half = wire.encode({ type: 'ping', id: 'cut \ud83d' }, encoding);
    expect(wire.messageFault(half, encoding)).toBe('invalid_utf8');
    expect(
      wire.messageFault(wire.encode({ type: 'ping', id: '1' }, encoding), encoding),
    ).toBeNull();
  },
);

test('the door for clients has what a client needs, and no parser', () => {
  const names = Object.keys(wire);
  for (const name of ['encode', 'decode', 'applyMessage', 'shouldReconnect', 'SUBPROTOCOLS']) {
    expect(names).toContain(name);
  }
  expect(names).not.toContain('parseClientMessage');
});
