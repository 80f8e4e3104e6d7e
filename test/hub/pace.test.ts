/** Time moves by hand: it is the pauses between deltas that are looked at. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubClient } from '../support/hub-client.js';
import { Evening } from './evening.js';

const BURST = 8;
const INTERVAL_MS = 5;

let evening: Evening;
let screen: HubClient;
beforeEach(async () => {
  evening = await Evening.begin();
  screen = await evening.hub.client({ role: 'manager' });
  await screen.subscribe('orders');
});
afterEach(async () => {
  await evening.end();
});

let lastOrder = 0;

/** Changes the channel in a tick of its own; resolves with the answer. */
async function change(): Promise<void> {
  lastOrder += 1;
  await evening.order(`paced-${String(lastOrder)}`, ['chips']);
  await evening.settle();
}

async function changes(count: number): Promise<void> {
  for (let nth = 0; nth < count; nth += 1) await change();
}

function deltas(): number {
  return screen.ofType('delta').length;
}

async function pass(milliseconds: number): Promise<void> {
  evening.hub.timers.advance(milliseconds);
  await evening.settle();
}

describe('the pace of a channel', () => {
  it('H-PACE-1 after a pause each tick has its delta, as long as there is credit', async () => {
    await changes(BURST);
    expect(deltas()).toBe(BURST);
    await change();
    expect(deltas()).toBe(BURST);
    await pass(INTERVAL_MS);
    expect(deltas()).toBe(BURST + 1);
    // Long enough ago: as at first.
    await pass(INTERVAL_MS * BURST);
    await changes(BURST);
    expect(deltas()).toBe(BURST * 2 + 1);
  });

  it('H-PACE-1 who changes less often than the interval never waits', async () => {
    for (let nth = 1; nth <= BURST * 3; nth += 1) {
      await change();
      expect(deltas()).toBe(nth);
      await pass(INTERVAL_MS);
    }
  });

  it('H-PACE-2 then one delta an interval says all of it, and no answer waits', async () => {
    await changes(BURST);
    const acknowledged = evening.till.ofType('ack').length;
    await changes(10);
    expect(evening.till.ofType('ack').length).toBe(acknowledged + 10);
    expect(deltas()).toBe(BURST);
    await pass(INTERVAL_MS);
    expect(deltas()).toBe(BURST + 1);
    expect(screen.gaps).toEqual([]);
    expect(screen.ofType('delta').at(-1)?.changes['order_header']?.inserted).toHaveLength(10);
    expect(screen.replicas.get('main/orders')?.version).toBe(
      evening.till.ofType('ack').at(-1)?.version,
    );
  });

  it('H-PACE-2 who subscribes in a pause gets all of it, and the delta that follows fits', async () => {
    await changes(BURST + 3);
    const newcomer = await evening.hub.client({ role: 'manager' });
    await newcomer.subscribe('orders');
    const version = evening.till.ofType('ack').at(-1)?.version;
    expect(newcomer.replicas.get('main/orders')?.version).toBe(version);
    await pass(INTERVAL_MS);
    await change();
    await pass(INTERVAL_MS);
    expect(newcomer.gaps).toEqual([]);
    expect(screen.gaps).toEqual([]);
    const held = (client: HubClient) =>
      client.replicas.get('main/orders')?.tables.get('order_header');
    expect(held(newcomer)).toEqual(held(screen));
  });

  it('H-PACE-3 a drain sends what a pause held back, before its notice', async () => {
    await changes(BURST + 2);
    const drained = evening.hub.hub.drain();
    await evening.settle();
    const types = screen.received.map(({ type }) => type);
    expect(deltas()).toBe(BURST + 1);
    expect(types.lastIndexOf('delta')).toBeLessThan(types.indexOf('notice'));
    evening.hub.timers.advance(10_000);
    await drained;
  });
});
