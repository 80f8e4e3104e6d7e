import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Encoding } from '../../src/protocol/messages.js';
import type { HubClient } from '../support/hub-client.js';
import { Evening } from './evening.js';
import { HeldTicks } from './held-ticks.js';

let evening: Evening;
let ticks: HeldTicks;
beforeEach(async () => {
  ticks = new HeldTicks();
  evening = await Evening.begin({ nextTick: ticks.nextTick });
});
afterEach(async () => {
  await evening.end();
});

function screens(count: number, encoding: Encoding): Promise<HubClient[]> {
  const made = Array.from({ length: count }, async () => {
    const client = await evening.hub.client({ role: 'waiter', encoding });
    await client.subscribe('orders');
    return client;
  });
  return Promise.all(made);
}

/** The bytes of the frame that brought the client's newest delta. */
function newestDelta(client: HubClient): Uint8Array[] {
  const index = client.received.findLastIndex(({ type }) => type === 'delta');
  return [...(client.frames[index]?.chunks ?? [])];
}

/** How much a count of the hub rose meanwhile. */
async function rise(name: string, during: () => Promise<unknown>): Promise<number> {
  const before = evening.hub.hub.stats()[name] ?? 0;
  await during();
  await evening.settle();
  return (evening.hub.hub.stats()[name] ?? 0) - before;
}

describe('a delta', () => {
  it('H-FAN-1 is encoded once for each encoding, however many follow', async () => {
    await screens(20, 'msgpack');
    await screens(10, 'json');
    expect(await rise('encodes_total', () => evening.order('o1', ['burger']))).toBe(2);
    expect(await rise('deliveries_total', () => evening.order('o2'))).toBe(30);
  });

  it('H-FAN-2 is the same bytes for every client of a channel and encoding', async () => {
    const clients = await screens(5, 'msgpack');
    await evening.order('o1', ['burger']);
    await evening.settle();
    const [first, ...others] = clients.map(newestDelta);
    for (const chunks of others) {
      expect(chunks).toHaveLength(first?.length ?? -1);
      for (const [index, chunk] of chunks.entries()) expect(chunk).toBe(first?.[index]);
    }
  });

  it('H-FAN-3 covers all commits of its tick, net', async () => {
    const [screen] = await screens(1, 'msgpack');
    await evening.sent('o1', ['burger']);
    await evening.settle();
    const base = screen?.replicas.get('main/orders')?.version ?? 0;
    const before = screen?.ofType('delta').length;
    ticks.hold();
    for (const table of ['2', '3', '4']) {
      void evening.till.command('order.open', { order_type: 'dine_in', table_no: table });
    }
    await evening.settle();
    expect(screen?.ofType('delta')).toHaveLength(before ?? -1);
    ticks.release();
    await evening.settle();
    expect(screen?.ofType('delta')).toHaveLength((before ?? 0) + 1);
    expect(screen?.ofType('delta').at(-1)).toMatchObject({
      baseVersion: base,
      newVersion: base + 3,
      changes: { order_header: { inserted: [{ number: 2 }, { number: 3 }, { number: 4 }] } },
    });
  });

  it('H-FAN-3 several changes of one row leave as one, with the columns of all', async () => {
    const [screen] = await screens(1, 'json');
    await evening.sent('o1', ['burger']);
    const cook = await evening.hub.client({ role: 'kitchen' });
    ticks.hold();
    let version = evening.version('order_line', 'o1-1');
    for (const status of ['preparing', 'ready'] as const) {
      void cook.command(
        'kitchen.set_status',
        { order_id: 'o1', line_ids: ['o1-1'], status },
        { expect: { order_line: { 'o1-1': version } } },
      );
      version += 1;
    }
    await evening.settle();
    ticks.release();
    await evening.settle();
    expect(screen?.ofType('delta').at(-1)?.changes['order_line']?.updated).toEqual([
      {
        id: 'o1-1',
        version,
        changes: expect.objectContaining({
          status: 'ready',
          started_at: expect.any(Number),
          ready_at: expect.any(Number),
        }),
      },
    ]);
  });

  it('H-FAN-4 what came and went within one tick is not told at all', async () => {
    const cook = await evening.hub.client({ role: 'kitchen' });
    await cook.subscribe('kitchen');
    await evening.order('o1', ['burger']);
    ticks.hold();
    void evening.till.command('order.send', { order_id: 'o1' });
    void cook.command(
      'kitchen.set_status',
      { order_id: 'o1', line_ids: ['o1-1'], status: 'served' },
      { expect: { order_line: { 'o1-1': 2 } } },
    );
    await evening.settle();
    ticks.release();
    await evening.settle();
    expect(cook.ofType('ack')).toHaveLength(1);
    expect(cook.ofType('delta')).toEqual([]);
  });

  it('H-FAN-5 a row that left the view, changed outside and came back within one tick is whole', async () => {
    const cook = await evening.hub.client({ role: 'kitchen' });
    await cook.subscribe('kitchen');
    await evening.sent('o1', ['burger']);
    await evening.settle();
    const header = evening.version('order_header', 'o1');
    ticks.hold();
    void cook.command(
      'kitchen.set_status',
      { order_id: 'o1', line_ids: ['o1-1'], status: 'served' },
      { expect: { order_line: { 'o1-1': 2 } } },
    );
    void evening.till.command(
      'order.update',
      { order_id: 'o1', note: 'birthday' },
      { expect: { order_header: { o1: header + 1 } } },
    );
    const line = { line_id: 'o1-2', item_id: 'burger', qty: 1 };
    void evening.till.command('order.add_lines', { order_id: 'o1', lines: [line] });
    void evening.till.command('order.send', { order_id: 'o1' });
    await evening.settle();
    ticks.release();
    await evening.settle();
    expect(evening.till.ofType('error')).toEqual([]);
    const held = cook.row('main/kitchen', 'order_header', 'o1');
    expect(held).toMatchObject({ note: 'birthday', stations: ['grill'] });
    await cook.subscribe('kitchen');
    expect(cook.row('main/kitchen', 'order_header', 'o1')).toEqual(held);
  });

  it('H-FAN-6 a change inside a JSON column travels as a patch where that is smaller', async () => {
    const client = await evening.hub.client({ role: 'kitchen' });
    await client.subscribe('menu');
    const burger = client.row('main/menu', 'menu_item', 'burger');
    const groups = structuredClone(burger?.['modifier_groups']) as {
      options: { price: number }[];
    }[];
    groups[0]!.options[1]!.price = 175;
    const manager = await evening.hub.client({ role: 'manager' });
    await evening.give('menu.put_item', { id: 'burger', modifier_groups: groups } as never, {
      by: manager,
      changing: { menu_item: ['burger'] },
    });
    await evening.settle();
    expect(client.ofType('delta').at(-1)?.changes).toEqual({
      menu_item: {
        updated: [
          {
            id: 'burger',
            version: 2,
            patch: [{ op: 'replace', path: '/modifier_groups/0/options/1/price', value: 175 }],
          },
        ],
      },
    });
    expect(client.row('main/menu', 'menu_item', 'burger')).toMatchObject({
      modifier_groups: groups,
      version: 2,
    });
  });

  it('H-FAN-7 a line’s change of status takes at most 200 bytes on the wire', async () => {
    const id = (last: number) => `0198c7a0-1111-7222-8333-${String(last).padStart(12, '0')}`;
    const lines = [{ line_id: id(2), item_id: 'burger', qty: 1 }];
    const open = { order_id: id(1), order_type: 'dine_in', table_no: '7', lines } as const;
    await evening.give('order.open', open);
    await evening.give('order.send', { order_id: id(1) });
    await evening.bump(id(1), [id(2)], 'preparing');
    await evening.give('order.add_lines', {
      order_id: id(1),
      lines: [{ item_id: 'chips', qty: 1 }],
    });
    await evening.give('order.send', { order_id: id(1) });
    const cook = await evening.hub.client({ role: 'kitchen' });
    await cook.subscribe('kitchen');
    await evening.bump(id(1), [id(2)], 'ready');
    await evening.settle();
    expect(newestDelta(cook).reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(200);
  });
});

describe('snapshots', () => {
  it('H-CATCH-8 one made while a delta is due is cut behind it, for those who follow as well', async () => {
    const [screen] = await screens(1, 'msgpack');
    const client = await evening.hub.client({ role: 'waiter' });
    ticks.hold();
    void evening.till.command('order.open', { order_id: 'o1', order_type: 'takeaway' });
    await evening.settle();
    // The second replaces the first, which is answered at once.
    const replies = Promise.all([client.subscribe('orders'), client.subscribe('orders')]);
    await evening.settle();
    ticks.release();
    const [first] = await replies;
    await evening.settle();
    expect(first).toMatchObject({ version: 3, tables: { order_header: [{ id: 'o1' }] } });
    expect(screen?.ofType('delta')).toMatchObject([{ baseVersion: 2, newVersion: 3 }]);
    expect(client.ofType('delta')).toEqual([]);
  });

  it('H-FAN-8 a snapshot is encoded once for a version and encoding, however many ask', async () => {
    await evening.sent('o1', ['burger', 'chips']);
    expect(await rise('encodes_total', () => screens(10, 'msgpack'))).toBe(1);
    expect(await rise('encodes_total', () => screens(10, 'json'))).toBe(1);
    expect(await rise('encodes_total', () => evening.order('o2'))).toBe(2);
    expect(await rise('encodes_total', () => screens(10, 'msgpack'))).toBe(1);
  });

  it('H-FAN-8 so is the catch-up of all who stopped at the same version', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await evening.sent(id, ['burger', 'chips']);
    const [screen] = await screens(1, 'msgpack');
    const version = screen?.replicas.get('main/orders')?.version ?? 0;
    await evening.pay('a', 100);
    await evening.settle();
    const clients = await Promise.all(
      Array.from({ length: 10 }, () => evening.hub.client({ role: 'waiter' })),
    );
    const since = { epoch: evening.hub.store.epoch, version };
    const encodes = await rise('encodes_total', async () => {
      for (const client of clients) {
        expect(await client.subscribe('orders', { since })).toMatchObject({
          type: 'snapshot:delta',
        });
      }
    });
    expect(encodes).toBe(1);
  });
});

describe('writes', () => {
  it('H-FAN-9 a client gets one write a tick, however many channels and answers it brought', async () => {
    const client = await evening.hub.client({ role: 'manager' });
    for (const view of ['orders', 'kitchen', 'menu'] as const) await client.subscribe(view);
    await evening.order('o1', ['pie']);
    await evening.settle();
    ticks.hold();
    const before = { writes: client.connection.writes, messages: client.received.length };
    void client.command('order.send', { order_id: 'o1' });
    void client.command('order.open', {
      order_type: 'takeaway',
      lines: [{ item_id: 'pie', qty: 1 }],
    });
    client.sendRaw({ type: 'ping', id: 'p' });
    await evening.settle();
    ticks.release();
    await evening.settle();
    // Two acks, a pong, and a delta of each channel.
    expect(client.received.length - before.messages).toBe(6);
    expect(client.connection.writes - before.writes).toBe(1);
  });

  it('H-FAN-9 a snapshot leaves in the same write as the answers of its tick', async () => {
    const client = await evening.hub.client({ role: 'manager' });
    const before = client.connection.writes;
    const subscribed = client.subscribe('orders');
    client.sendRaw({ type: 'ping', id: 'p' });
    await subscribed;
    expect(client.ofType('pong')).toHaveLength(1);
    expect(client.connection.writes - before).toBe(1);
  });

  it('H-FAN-10 clients whose channels did not change are not written to', async () => {
    const idle = await evening.hub.client({ role: 'kitchen' });
    await idle.subscribe('kitchen', { station: 'bar' });
    const before = idle.connection.writes;
    await evening.sent('o1', ['burger']);
    await evening.settle();
    expect(idle.connection.writes).toBe(before);
  });
});
