import { describe, expect, it } from 'vitest';
import type { ConnectionState } from '../../../src/client/index.js';
import { scene, type HandConnection, type Scene } from '../support.js';

const KITCHEN = 'main/kitchen';

/** What the other side of the link still does, once a second. */
type Half = (connection: HandConnection) => void;

const HALVES: [string, (connection: HandConnection) => void, Half][] = [
  ['nothing after the socket was made', () => undefined, () => undefined],
  [
    'nothing after hello',
    (connection) => {
      connection.open();
    },
    () => undefined,
  ],
  [
    'nothing after welcome',
    (connection) => {
      connection.welcome();
    },
    () => undefined,
  ],
  [
    'nothing after a snapshot',
    (connection) => {
      connection.welcome();
      connection.snapshot(5, []);
    },
    () => undefined,
  ],
  [
    'only pongs that nobody asked for',
    (connection) => {
      connection.welcome();
    },
    (connection) => {
      connection.say({ type: 'pong', id: 'x', serverTime: 1 });
    },
  ],
];

function kinds(states: readonly ConnectionState[]): string[] {
  return states.map(({ kind }) => kind).filter((kind, at, all) => kind !== all[at - 1]);
}

function live(): Scene & { readonly states: ConnectionState[] } {
  const made = scene();
  made.connection().welcome();
  const states: ConnectionState[] = [];
  made.client.onState((state) => states.push(state));
  return { ...made, states };
}

describe('half-open links', () => {
  it.each(HALVES)('C-CONN-11 with %s it is not live after 10 s, and recovers', (_, begin, half) => {
    const { client, timers, connection, connections } = scene();
    const replica = client.subscribe(KITCHEN);
    begin(connection());
    for (let second = 0; second < 10; second += 1) {
      half(connection());
      timers.advance(999);
      if (second < 9) timers.advance(1);
    }
    expect(['connecting', 'stale', 'offline']).toContain(client.state.kind);
    expect(replica.state).toBe('stale');
    timers.advance(6_000);
    expect(connections).toHaveLength(2);
    connection().welcome();
    connection().snapshot(6, []);
    expect(client.state.kind).toBe('live');
    expect(replica.state).toBe('live');
  });

  it('C-STATE-1 silent for 9 s it is stale, any word makes it live, after 15 s it begins anew', () => {
    const { client, timers, connection, states } = live();
    timers.advance(8_999);
    expect(client.state.kind).toBe('live');
    timers.advance(1);
    expect(client.state).toMatchObject({ kind: 'stale', heardAgeMs: 9_000 });
    connection().heartbeat(0);
    expect(client.state).toMatchObject({ kind: 'live', heardAgeMs: 0 });
    timers.advance(14_999);
    expect(client.state.kind).toBe('stale');
    timers.advance(1);
    expect(client.state).toMatchObject({ kind: 'offline', reason: 'the hub is silent' });
    expect(kinds(states)).toEqual(['live', 'stale', 'live', 'stale', 'offline']);
  });

  it('C-STATE-2 ages are told once a second while it is silent, and not at all while it is not', () => {
    const { timers, connection, states, client } = live();
    for (let beat = 0; beat < 12; beat += 1) {
      timers.advance(5_000);
      connection().heartbeat(0, 1_000_000 + timers.monotonicMs());
    }
    expect(states.filter(({ clockOffsetMs }) => clockOffsetMs === 100_000)).toHaveLength(0);
    states.length = 0;
    timers.advance(8_000);
    const { heardAgeMs } = client.state;
    expect(heardAgeMs).toBe(8_000);
    connection().cut();
    states.length = 0;
    timers.advance(400);
    expect(states).toHaveLength(0);
    expect(client.silentMs).toBe(8_400);
  });

  it('C-STATE-3 a hub whose heartbeats are rare makes it stale, and is not given up before three', () => {
    const { client, timers, connection, connections } = scene();
    connection().welcome({ heartbeatMs: 20_000 });
    timers.advance(19_750);
    expect(client.state.kind).toBe('stale');
    connection().heartbeat(0);
    expect(client.state.kind).toBe('live');
    timers.advance(59_999);
    expect(connections).toHaveLength(1);
    timers.advance(1);
    expect(client.state.kind).toBe('offline');
  });

  it.each([
    [
      'goes on',
      (made: Scene) => {
        made.timers.freeze(3_600_000);
      },
    ],
    [
      'stands still',
      (made: Scene) => {
        made.clock.advance(3_600_000);
      },
    ],
  ])(
    'C-STATE-4 after a sleep in which the monotonic clock %s it is stale before a word is believed',
    (_, sleep) => {
      const made = live();
      const { client, timers, connection, connections, states } = made;
      timers.advance(1_000);
      states.length = 0;
      sleep(made);
      connection().heartbeat(0);
      expect(client.state.kind).toBe('stale');
      expect(client.state.heardAgeMs).toBeGreaterThanOrEqual(3_600_000);
      connection().pong(4_600_000);
      expect(kinds(states)).toEqual(['stale', 'live']);
      expect(client.serverNow()).toBe(4_600_000);
      expect(connections).toHaveLength(1);
    },
  );

  it('C-STATE-5 a link that does not answer within 3 s after a sleep is given up', () => {
    const { client, clock, timers, connection, connections } = live();
    clock.advance(3_600_000);
    timers.advance(250);
    expect(client.state.kind).toBe('stale');
    connection().heartbeat(0);
    timers.advance(3_000);
    expect(client.state).toMatchObject({ kind: 'offline', reason: 'the hub is silent' });
    timers.advance(500);
    expect(connections).toHaveLength(2);
  });
});
