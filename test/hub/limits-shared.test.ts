import { afterEach, describe, expect, it } from 'vitest';
import type { CommandPayloads } from '../../src/domain/registry.js';
import { Admission } from '../../src/hub/limits/admission.js';
import { Allowances } from '../../src/hub/limits/allowances.js';
import type { HubLimits } from '../../src/hub/options.js';
import type { FaultyStore } from '../support/faulty-store.js';
import type { HubClient } from '../support/hub-client.js';
import { ManualTimers } from '../support/manual-timers.js';
import type { Evening } from './evening.js';
import { beginFaulty } from './faulty-evening.js';

let evening: Evening;
let store: FaultyStore;
afterEach(async () => {
  store.switchOff('delay_settle');
  store.release();
  await evening.settle();
  await evening.end();
});

async function begin(limits: Partial<HubLimits>): Promise<void> {
  ({ evening, store } = await beginFaulty({ limits }));
}

const OPEN = { order_type: 'takeaway' } as const;
const DROP = { amount: 100, reason: 'to the safe' } as const;
const MINUTE_MS = 60_000;

function drop(client: HubClient) {
  return client.command('cash.drop', { shift_id: evening.shiftId, ...DROP });
}

describe('what a device and person may ask in a minute', () => {
  it('L-KIND-1 each kind has its own count: one used up leaves the others', async () => {
    await begin({ commandsPerMinute: 2 });
    await evening.sent('o1');
    const till = await evening.hub.client({ role: 'manager', deviceId: 'till-7' });
    const pay = () => till.command('payment.add', { order_id: 'o1', method: 'card', amount: 1 });
    const bump = () =>
      till.command(
        'kitchen.clear',
        { order_id: 'o1', line_ids: ['o1-1'] },
        {
          expect: evening.versions({ order_line: ['o1-1'] }),
        },
      );
    const asks = [
      () => till.command('order.open', OPEN),
      pay,
      bump,
      () => drop(till),
      () => till.query('kitchen.recent', {}),
    ];
    for (const ask of asks) {
      expect(await ask()).not.toMatchObject({ code: 'rate_limited' });
      expect(await ask()).not.toMatchObject({ code: 'rate_limited' });
      expect(await ask()).toMatchObject({ code: 'rate_limited', status: 429, retryable: true });
    }
    expect(evening.hub.hub.stats()).toMatchObject({
      'limits_hit_total{kind="order"}': 1,
      'limits_hit_total{kind="payment"}': 1,
      'limits_hit_total{kind="kitchen"}': 1,
      'limits_hit_total{kind="other"}': 1,
      'limits_hit_total{kind="query"}': 1,
    });
  });

  it('L-KIND-2 the count is the device’s and person’s: a reconnect does not begin it anew, a second connection shares it', async () => {
    await begin({ commandsPerMinute: 2 });
    const { hub } = evening;
    const ada = { role: 'waiter', name: 'ada', deviceId: 'tablet-1' } as const;
    const first = await hub.client(ada);
    expect((await first.command('order.open', OPEN)).type).toBe('ack');
    first.cut();
    const again = await hub.client(ada);
    const beside = await hub.client(ada);
    expect((await again.command('order.open', OPEN)).type).toBe('ack');
    expect(await beside.command('order.open', OPEN)).toMatchObject({ code: 'rate_limited' });
    const colleague = await hub.client({ ...ada, name: 'ben' });
    expect((await colleague.command('order.open', OPEN)).type).toBe('ack');
    const elsewhere = await hub.client({ ...ada, deviceId: 'tablet-2' });
    expect((await elsewhere.command('order.open', OPEN)).type).toBe('ack');
  });

  it('L-KIND-3 a refusal says when the minute is over, writes nothing, and keeps no key', async () => {
    await begin({ commandsPerMinute: 1 });
    const { hub } = evening;
    const till = await hub.client({ role: 'waiter' });
    await till.command('order.open', OPEN);
    hub.timers.advance(25_000);
    const key = { key: 'again' };
    const refused = await till.command('order.open', { ...OPEN, order_id: 'o9' }, key);
    expect(refused).toMatchObject({ code: 'rate_limited', retryAfterMs: 35_000, key: 'again' });
    till.events.alive();
    hub.timers.advance(20_000);
    till.events.alive();
    hub.timers.advance(15_000);
    const other = { ...OPEN, order_id: 'o10' } satisfies CommandPayloads['order.open'];
    expect((await till.command('order.open', other, key)).type).toBe('ack');
  });

  it('L-KIND-4 minutes that are over are forgotten, and no more are remembered than the bound', () => {
    const timers = new ManualTimers();
    const allowances = new Allowances({ timers, perMinute: 1, entriesMax: 3 });
    for (const subject of ['a', 'b', 'c', 'd']) allowances.take(subject, 'order');
    expect(allowances.size).toBe(3);
    expect(allowances.take('d', 'order')).toBe(MINUTE_MS);
    timers.advance(30_000);
    allowances.take('e', 'order');
    timers.advance(30_000);
    allowances.sweep();
    expect(allowances.size).toBe(1);
    expect(allowances.take('e', 'order')).toBe(30_000);
    expect(allowances.take('d', 'order')).toBe(0);
  });
});

describe('the room in a hub', () => {
  const fill = (admission: Admission): void => {
    while (admission.hasRoomFor('payment')) admission.enter();
  };
  const answer = (admission: Admission, count: number): void => {
    for (let nth = 0; nth < count; nth += 1) admission.leave();
  };

  it('L-FULL-5 is what it answers in half a second while it is busy, and never less than 64', () => {
    const admission = new Admission(1_024);
    for (let sample = 0; sample < 20; sample += 1) {
      fill(admission);
      answer(admission, Math.min(100, admission.underWay));
      fill(admission);
      admission.sample();
    }
    expect(admission.bound).toBe(200);
    answer(admission, admission.underWay - 110);
    for (let sample = 0; sample < 20; sample += 1) admission.sample();
    expect(admission.bound).toBe(64);
  });

  it('L-FULL-5 a moment in which nothing is answered takes little of it, and a hub that is idle has all of it', () => {
    const admission = new Admission(1_024);
    for (let sample = 0; sample < 4; sample += 1) {
      fill(admission);
      answer(admission, 1_000);
      fill(admission);
      admission.sample();
    }
    expect(admission.bound).toBe(1_024);
    admission.sample();
    expect(admission.bound).toBe(1_024);
    for (let sample = 0; sample < 10; sample += 1) admission.sample();
    expect(admission.bound).toBe(64);
    answer(admission, admission.underWay);
    for (let sample = 0; sample < 4; sample += 1) admission.sample();
    expect(admission.bound).toBe(1_024);
  });
});

describe('a hub that is full', () => {
  /** So many payments are under way, each from another device; nothing is settled before `letGo`. */
  async function fill(count: number): Promise<Promise<unknown>[]> {
    const { hub } = evening;
    const clients = await Promise.all(
      Array.from({ length: count }, () => hub.client({ role: 'cashier' })),
    );
    store.switchOn('delay_settle');
    const given = clients.map((client) => pay(client));
    await evening.settle();
    expect(hub.hub.stats()).toMatchObject({ requests_under_way: count });
    return given;
  }

  function letGo(): void {
    store.switchOff('delay_settle');
    store.release();
  }

  async function begun(): Promise<HubClient> {
    await begin({ requestsUnderWayMax: 8 });
    await evening.sent('o1');
    return evening.hub.client({ role: 'manager' });
  }

  const pay = (client: HubClient, key?: string) =>
    client.command(
      'payment.add',
      { order_id: 'o1', method: 'card', amount: 1 },
      {
        ...(key !== undefined && { key }),
      },
    );
  const shed = { code: 'overloaded', status: 503, retryable: true };

  it('L-FULL-1 what does not fit is overloaded at once, to be tried again later; what is under way is carried out', async () => {
    const till = await begun();
    const given = await fill(6);
    const more = [pay(till), pay(till)];
    await evening.settle();
    const refused = await pay(till, 'k1');
    expect(refused).toMatchObject({ ...shed, key: 'k1' });
    const waits = 'retryAfterMs' in refused ? (refused.retryAfterMs ?? 0) : 0;
    expect(waits).toBeGreaterThanOrEqual(200);
    expect(waits).toBeLessThanOrEqual(1_000);
    letGo();
    expect(await Promise.all([...given, ...more])).toMatchObject(
      Array.from({ length: 8 }, () => ({ type: 'ack' })),
    );
    expect((await pay(till, 'k1')).type).toBe('ack');
    expect(evening.hub.hub.stats()).toMatchObject({ requests_under_way: 0 });
  });

  it('L-FULL-2 queries and the rest go first, then orders; payments and the kitchen last', async () => {
    const till = await begun();
    const given = await fill(4);
    expect(await till.query('kitchen.recent', {})).toMatchObject(shed);
    expect(await drop(till)).toMatchObject(shed);
    const orders = [till.command('order.open', OPEN), till.command('order.open', OPEN)];
    await evening.settle();
    expect(await till.command('order.open', OPEN)).toMatchObject(shed);
    const bump = till.command(
      'kitchen.set_status',
      {
        ...{ order_id: 'o1', line_ids: ['o1-1'], status: 'ready' },
      },
      { expect: evening.versions({ order_line: ['o1-1'] }) },
    );
    const paid = pay(till);
    await evening.settle();
    letGo();
    expect(await Promise.all([...given, ...orders, bump, paid])).toMatchObject(
      Array.from({ length: 8 }, () => ({ type: 'ack' })),
    );
    expect(evening.hub.hub.stats()).toMatchObject({
      'shed_total{kind="query"}': 1,
      'shed_total{kind="other"}': 1,
      'shed_total{kind="order"}': 1,
      'shed_total{kind="kitchen"}': 0,
      'shed_total{kind="payment"}': 0,
    });
  });

  it('L-FULL-3 the answer is the same in both encodings, whichever way the message is written', async () => {
    await begun();
    const { hub } = evening;
    const given = await fill(8);
    const answers = [];
    for (const encoding of ['msgpack', 'json'] as const) {
      const client = await hub.client({ role: 'cashier', encoding });
      const payload = { order_id: 'o1', method: 'card', amount: 1 };
      const texts = { type: 'command', id: 'i1', key: 'k1', name: 'payment.add', branchId: 'main' };
      for (const message of [
        { ...texts, payload },
        { payload, ...texts },
      ]) {
        client.sendRaw(message);
        await evening.settle();
        answers.push(client.received.at(-1));
      }
    }
    for (const answer of answers) expect(answer).toMatchObject({ ...shed, key: 'k1' });
    expect(
      new Set(
        answers.map((answer) =>
          Object.keys(answer ?? {})
            .sort()
            .join(),
        ),
      ).size,
    ).toBe(1);
    letGo();
    await Promise.all(given);
  });

  it('L-FULL-4 whoever is welcomed may go on listening: subscriptions, heartbeats and pings are never shed', async () => {
    const till = await begun();
    const given = await fill(8);
    expect(await till.request({ type: 'ping' })).toMatchObject({ type: 'pong' });
    expect((await till.subscribe('orders')).type).toBe('snapshot');
    letGo();
    await Promise.all(given);
  });
});
