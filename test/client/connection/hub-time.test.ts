/** Found by the simulation: a till's heartbeats were refused, all of them, because its queue was a fraction of a millisecond old. */
import { describe, expect, it } from 'vitest';
import { scene } from '../support.js';

describe('the time of the hub', () => {
  it('SIM-6 is whole milliseconds where the monotonic clock counts fractions', () => {
    const { client, timers, connection } = scene();
    timers.advance(0.4);
    connection().welcome();
    timers.advance(7.3);
    expect(client.serverNow()).toBe(Math.round(client.serverNow()));
    client.close();
  });
});
