import { describe, expect, it } from 'vitest';
import { scene, type Scene } from '../support.js';

/** Live, both clocks going on together from here; the hub is 100 s ahead. */
function going(): Scene & { pass(milliseconds: number): void; hubNow(): number } {
  const made = scene();
  made.connection().welcome();
  return {
    ...made,
    pass: (milliseconds) => {
      for (let passed = 0; passed < milliseconds; passed += 250) {
        made.clock.advance(250);
        made.timers.advance(250);
      }
    },
    hubNow: () => 1_000_000 + made.timers.monotonicMs(),
  };
}

describe('clock of the hub', () => {
  it('C-STATE-6 a message that was long on its way does not set it back', () => {
    const { client, connection, pass, hubNow } = going();
    expect(client.state.clockOffsetMs).toBe(100_000);
    pass(5_000);
    connection().heartbeat(0, hubNow() - 4_000);
    expect(client.serverNow()).toBe(hubNow());
    pass(5_000);
    connection().heartbeat(0, hubNow() + 40);
    expect(client.serverNow()).toBe(hubNow() + 40);
  });

  it('C-STATE-7 what was measured a minute ago counts no more', () => {
    const { client, connection, pass, hubNow } = going();
    for (let beat = 0; beat < 13; beat += 1) {
      pass(5_000);
      connection().heartbeat(0, hubNow() - 30);
    }
    expect(client.serverNow()).toBe(hubNow() - 30);
  });

  it.each([-7_200_000, -5_000, 5_000, 7_200_000])(
    'C-STATE-8 a wall clock set by %i ms does not move it for longer than to the next word',
    (setBy) => {
      const { client, clock, connection, pass, hubNow } = going();
      pass(1_000);
      clock.advance(setBy);
      pass(1_000);
      if (setBy < 0) expect(client.serverNow()).toBe(hubNow());
      for (const ping of connection().all('ping')) {
        connection().say({ type: 'pong', id: ping.id, serverTime: hubNow() });
      }
      connection().heartbeat(0, hubNow());
      expect(client.serverNow()).toBe(hubNow());
      pass(1_000);
      expect(client.state).toMatchObject({ kind: 'live', clockOffsetMs: 100_000 - setBy });
    },
  );

  it('C-STATE-9 a hub whose clock was set back is followed at the next heartbeat', () => {
    const { client, connection, pass, hubNow } = going();
    pass(5_000);
    connection().heartbeat(0, hubNow() - 3_600_000);
    expect(client.serverNow()).toBe(hubNow() - 3_600_000);
  });

  it('C-STATE-10 before the first welcome it is the own one, and no offset is told', () => {
    const { client } = scene();
    expect(client.serverNow()).toBe(900_000);
    expect(client.state).toMatchObject({ clockOffsetMs: null, heardAgeMs: null });
  });
});
