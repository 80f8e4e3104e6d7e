import { describe, expect, it } from 'vitest';
import { ClientEnded, type TokenSource } from '../../../src/client/index.js';
import { scene, settle, type Scene } from '../support.js';

const ORDER = { order_type: 'takeaway' } as const;
/** The hub's time in the hand hub's welcome. */
const HUB_NOW = 1_000_000;

/** What a hub would sign: made at the hub's present, with a name that is not ASCII. */
function jwt(name: string, { lifeMs = 100_000, madeAt = HUB_NOW } = {}): string {
  const claims = { sub: name, name: 'Zoë', iat: madeAt / 1_000, exp: (madeAt + lifeMs) / 1_000 };
  const text = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `e30.${text}.c2ln`;
}

interface Ask {
  give(token: string): void;
  fail(): void;
}

/** A source that the test answers by hand. */
function byHand(): { readonly asks: Ask[]; readonly token: TokenSource } {
  const asks: Ask[] = [];
  const token: TokenSource = () =>
    new Promise((resolve, reject) => {
      asks.push({
        give: resolve,
        fail: () => {
          reject(new Error('no network'));
        },
      });
    });
  return { asks, token };
}

/** Live with this token; further ones are given by hand. */
async function liveWith(token: string): Promise<Scene & { readonly asks: Ask[] }> {
  const { asks, token: source } = byHand();
  const made = scene({ token: source });
  asks[0]?.give(token);
  await settle();
  made.connection().welcome();
  return { ...made, asks };
}

/** Heartbeats keep it live, and the hub's clock going. */
function pass({ timers, connection }: Scene, milliseconds: number): void {
  for (let passed = 0; passed < milliseconds; passed += 1_000) {
    timers.advance(1_000);
    connection().heartbeat(0, HUB_NOW + timers.monotonicMs());
  }
}

describe('tokens', () => {
  it('C-CONN-15 a source that hangs is asked again, and its late answer serves the next try', async () => {
    const { asks, token } = byHand();
    const { client, timers, connections, connection } = scene({ token });
    timers.advance(10_000);
    expect(client.state).toMatchObject({ kind: 'offline', reason: 'no token in time' });
    asks[0]?.give('late');
    await settle();
    expect(connections).toHaveLength(0);
    timers.advance(500);
    await settle();
    expect(asks).toHaveLength(1);
    connection().open();
    expect(connection().last('hello').token).toBe('late');
  });

  it('C-CONN-15 the answer of an older ask serves while the newer one hangs, and not after it was answered', async () => {
    const { asks, token } = byHand();
    const { timers, connection, connections } = scene({ token });
    timers.advance(10_500);
    timers.advance(11_000);
    expect(asks).toHaveLength(3);
    asks[1]?.give('second');
    await settle();
    connection().open();
    expect(connection().last('hello').token).toBe('second');
    asks[2]?.give('third');
    await settle();
    asks[0]?.give('first');
    await settle();
    connection().cut();
    timers.advance(2_000);
    connection().open();
    expect(connections).toHaveLength(2);
    expect(connection().last('hello').token).toBe('third');
  });

  it('C-CONN-7 a source that throws, rejects and gives refused tokens many times still recovers', async () => {
    let asks = 0;
    const { client, timers, connections, connection } = scene({
      token: () => {
        asks += 1;
        if (asks === 1) return Promise.resolve('old');
        if (asks < 10) throw new Error('broken');
        return asks < 20
          ? Promise.reject(new Error('down'))
          : Promise.resolve(asks < 30 ? 'old' : 'new');
      },
    });
    await settle();
    connection().open();
    connection().cut(4401);
    for (let tries = 0; tries < 100 && connections.length === 1; tries += 1) {
      timers.advance(5_000);
      await settle();
    }
    connection().open();
    connection().welcome();
    expect(connection().last('hello').token).toBe('new');
    expect(client.state.kind).toBe('live');
  });

  it("C-CONN-16 a token is renewed in place before its end, by the hub's clock", async () => {
    const made = await liveWith(jwt('a'));
    const { client, asks, connection, connections } = made;
    pass(made, 69_000);
    expect(asks).toHaveLength(1);
    pass(made, 2_000);
    expect(asks).toHaveLength(2);
    asks[1]?.give(jwt('b', { madeAt: HUB_NOW + 71_000 }));
    await settle();
    expect(connection().last('auth').token).toBe(jwt('b', { madeAt: HUB_NOW + 71_000 }));
    connection().renewed();
    pass(made, 69_000);
    expect(asks).toHaveLength(2);
    pass(made, 2_000);
    expect(asks).toHaveLength(3);
    expect(connections).toHaveLength(1);
    expect(client.state.kind).toBe('live');
  });

  it('C-CONN-17 a renewal that fails, hangs or is refused is tried again until the end, then over a new connection', async () => {
    const made = await liveWith(jwt('a'));
    const { asks, connection, timers, connections } = made;
    pass(made, 71_000);
    asks[1]?.fail();
    await settle();
    pass(made, 1_000);
    expect(asks).toHaveLength(3);
    pass(made, 12_000);
    expect(asks).toHaveLength(4);
    asks[3]?.give('other subject');
    await settle();
    connection().say({
      type: 'error',
      id: connection().last('auth').id,
      code: 'forbidden',
      status: 403,
      message: 'another subject',
      retryable: false,
    });
    pass(made, 5_000);
    expect(asks).toHaveLength(5);
    pass(made, 20_000);
    const before = asks.length;
    pass(made, 30_000);
    expect(asks).toHaveLength(before);
    connection().cut(4401);
    timers.advance(500);
    asks.at(-1)?.give(jwt('a'));
    await settle();
    expect(connections).toHaveLength(1);
    timers.advance(1_000);
    asks.at(-1)?.give(jwt('c'));
    await settle();
    connection().open();
    expect(connection().last('hello').token).toBe(jwt('c'));
  });

  it.each(['opaque', 'e30.bm8.x', `e30.${btoa('{"sub":"a"}')}.x`])(
    'C-CONN-18 a token that tells no end is not renewed ahead: %s',
    async (token) => {
      const made = await liveWith(token);
      pass(made, 120_000);
      expect(made.asks).toHaveLength(1);
    },
  );

  it('C-CONN-18 nor is one that was given as a text', () => {
    const made = scene({ token: jwt('a') });
    made.connection().welcome();
    pass(made, 99_000);
    expect(made.connection().all('auth')).toHaveLength(0);
  });

  it('C-CONN-19 after `refused` a login leads on: channels come back, and commands are taken again', async () => {
    const { client, connection, connections } = scene();
    connection().welcome();
    const replica = client.subscribe('main/kitchen');
    connection().snapshot(5, []);
    const lost = client
      .command('order.open', ORDER, { key: 'k1' })
      .catch((error: unknown) => error);
    await settle();
    connection().cut(4401);
    expect(client.state).toMatchObject({ kind: 'refused', code: 4401 });
    expect(await lost).toBeInstanceOf(ClientEnded);
    await expect(client.command('order.open', ORDER)).rejects.toBeInstanceOf(ClientEnded);
    client.renew('t2');
    const command = client.command('order.open', ORDER, { key: 'k2' });
    await settle();
    expect(connections).toHaveLength(2);
    connection().welcome();
    expect(connection().last('hello').token).toBe('t2');
    expect(connection().last('subscribe').since).toEqual({ epoch: 'e1', version: 5 });
    connection().snapshot(6, []);
    expect(replica).toMatchObject({ state: 'live', version: 6 });
    connection().ack('k2');
    expect((await command).version).toBe(7);
  });

  it('C-CONN-19 `connect` leads out of `refused` with a new session, and not after `close`', () => {
    const { client, connection, connections } = scene();
    connection().welcome({ sessionId: 's9' });
    connection().cut(4409);
    client.connect();
    connection().open();
    expect(connection().last('hello').sessionId).toBeUndefined();
    client.close();
    client.connect();
    client.renew('t2');
    expect(client.state).toMatchObject({ kind: 'offline', nextTryInMs: null });
    expect(connections).toHaveLength(2);
  });

  it("C-CONN-20 `renew` goes on in place with the token given; another subject's over a new connection", () => {
    const { client, connection, connections } = scene();
    connection().welcome();
    client.renew('t2');
    expect(connection().last('auth').token).toBe('t2');
    connection().renewed();
    expect(connections).toHaveLength(1);
    client.renew('of another');
    connection().say({
      type: 'error',
      id: connection().last('auth').id,
      code: 'forbidden',
      status: 403,
      message: 'another subject',
      retryable: false,
    });
    expect(connections[0]?.closedByClient).toBe(true);
    expect(connections).toHaveLength(2);
    connection().open();
    expect(connection().last('hello').token).toBe('of another');
  });
});
