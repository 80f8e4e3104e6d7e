import { describe, expect, it } from 'vitest';
import { scene, settle, type HandConnection, type Scene } from '../support.js';

/** A client whose first link was given up for silence, and which is live on its second. */
function replaced(): Scene & { readonly old: HandConnection } {
  const made = scene();
  made.connection().welcome();
  const old = made.connection();
  made.timers.advance(15_500);
  made.connection().welcome();
  return { ...made, old };
}

const LATE: [string, (old: HandConnection) => void][] = [
  [
    'end',
    (old) => {
      old.cut(1006);
    },
  ],
  [
    'end with a code that would refuse it',
    (old) => {
      old.cut(4409);
    },
  ],
  [
    'open',
    (old) => {
      old.open();
    },
  ],
  [
    'welcome',
    (old) => {
      old.welcome({ sessionId: 'ghost' });
    },
  ],
  [
    'delta',
    (old) => {
      old.delta(6, 9, 'ghost');
    },
  ],
  [
    'garbage',
    (old) => {
      old.garble();
    },
  ],
];

describe('fencing', () => {
  it.each(LATE)('C-CONN-21 a late %s of an older socket changes nothing', (_, late) => {
    const { client, timers, old, connection, connections } = replaced();
    const replica = client.subscribe('main/kitchen');
    connection().snapshot(6, []);
    const said = old.sent.length;
    const { state } = client;
    late(old);
    timers.advance(500);
    expect(client.state).toBe(state);
    expect(replica).toMatchObject({ state: 'live', version: 6 });
    expect(connections).toHaveLength(2);
    expect(old.sent).toHaveLength(said);
    expect(connection().closedByClient).toBe(false);
  });

  it('C-CONN-21 nor does a token that comes when the client was closed', async () => {
    let give: (token: string) => void = () => undefined;
    const { client, connections } = scene({
      token: () =>
        new Promise((resolve) => {
          give = resolve;
        }),
    });
    client.close();
    give('t1');
    await settle();
    expect(connections).toHaveLength(0);
    expect(client.state).toMatchObject({ kind: 'offline', nextTryInMs: null });
  });

  it('C-CONN-22 a message that cannot be read ends the link, and the next one is tried', () => {
    const { client, timers, connection, connections } = scene();
    connection().welcome();
    connection().garble();
    expect(client.state).toMatchObject({ kind: 'offline', reason: 'a message cannot be read' });
    expect(connections[0]?.closedByClient).toBe(true);
    timers.advance(500);
    expect(connections).toHaveLength(2);
  });

  it.each(['connecting', 'live', 'stale', 'offline'])(
    'C-CONN-23 closing it while it tells `%s` is the end of it',
    (kind) => {
      const { client, timers, connection, connections } = scene();
      client.onState((state) => {
        if (state.kind === kind) client.close();
      });
      connection().cut();
      timers.advance(500);
      if (kind === 'live' || kind === 'stale') connection().welcome();
      timers.advance(3_600_000);
      expect(client.state).toMatchObject({ kind: 'offline', nextTryInMs: null });
      const open = connections.filter(({ closedByClient }) => !closedByClient);
      // The first one was cut by the other side.
      expect(open).toEqual(connections.slice(0, 1));
      expect(timers.waiting).toBe(0);
    },
  );

  it.each([1013, 4413, 4429])(
    'C-CONN-24 closed with %i for being too much, the back-off goes on growing',
    (code) => {
      const { client, timers, connection } = scene();
      for (const wait of [500, 1_000, 2_000]) {
        connection().welcome();
        timers.advance(6_000);
        connection().cut(code);
        expect(client.state).toMatchObject({ kind: 'offline', nextTryInMs: wait });
        timers.advance(wait);
      }
    },
  );
});
