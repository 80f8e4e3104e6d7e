import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../src/domain/rows.js';
import { VIEW_NAMES, type SnapshotMessage, type ViewName } from '../../src/protocol/messages.js';
import { Evening } from './evening.js';

/** The columns of protocol version 1, as clients in other languages know them. */
const ORDER_HEADER = `id branch_id shift_id business_date number order_type table_no guests customer_name note priority status
  payment_status stations subtotal discount service_charge tax rounding total paid tip opened_by device_id merged_into
  split_from void_reason opened_at sent_at ready_at closed_at updated_at version`;
const ORDER_LINE = `id order_id branch_id seq item_id name unit_price qty modifiers note allergens seat course station status
  mark discount tax_rate tax total void_reason origin_line_id created_at sent_at started_at ready_at served_at updated_at
  version`;
const KITCHEN_LINE = `id order_id branch_id seq item_id name qty modifiers note allergens seat course station status mark
  void_reason origin_line_id created_at sent_at started_at ready_at served_at version`;
const ORDER_PAYMENT = `id order_id branch_id shift_id kind refund_of method amount tip tendered change_due reference by_staff
  device_id at client_at version`;
const ORDER_ADJUSTMENT = `id order_id line_id branch_id shift_id kind value_kind value amount reason by_staff at version`;
const KITCHEN_HEADER = `id number order_type table_no guests note priority status stations opened_at sent_at ready_at version`;
const POS_SHIFT = `id branch_id register_id business_date status opened_by opened_at opening_float closed_by closed_at
  counted_cash expected_cash over_short z_number version`;
const CASH_MOVEMENT = `id shift_id branch_id kind amount reason by_staff at version`;
const SHIFT_TOTALS = `id orders open_orders guests gross discount tax total paid_cash paid_card paid_other refunds tips
  expected_cash version`;
const MENU_ITEM = `id branch_id name names category station price tax_rate tax_included modifier_groups allergens prep_seconds
  available remaining position version`;
const STATION = `id branch_id name names position version`;
const DEVICE_STATUS = `id name role connected last_seen_at behind queue_length queue_oldest_at version`;

const GOLDEN: Readonly<Record<ViewName, Readonly<Record<string, string>>>> = {
  orders: {
    order_header: ORDER_HEADER,
    order_line: ORDER_LINE,
    order_payment: ORDER_PAYMENT,
    order_adjustment: ORDER_ADJUSTMENT,
  },
  kitchen: { order_header: KITCHEN_HEADER, order_line: KITCHEN_LINE },
  board: { order_header: 'id number status version' },
  shift: { pos_shift: POS_SHIFT, cash_movement: CASH_MOVEMENT, shift_totals: SHIFT_TOTALS },
  menu: { menu_item: MENU_ITEM, station: STATION },
  devices: { device_status: DEVICE_STATUS },
};

const ROLES: Readonly<Record<ViewName, readonly Role[]>> = {
  orders: ['cashier', 'waiter', 'manager', 'admin'],
  kitchen: ['kitchen', 'cashier', 'waiter', 'manager', 'admin'],
  board: ['kitchen', 'cashier', 'waiter', 'manager', 'admin'],
  shift: ['cashier', 'manager', 'admin'],
  menu: ['kitchen', 'cashier', 'waiter', 'manager', 'admin'],
  devices: ['manager', 'admin'],
};

function sortedWords(words: string): string[] {
  return words.split(/\s+/).sort();
}

let evening: Evening;
beforeAll(async () => {
  evening = await Evening.begin();
  await evening.sent('o1', ['burger', 'chips']);
  await evening.bump('o1', ['o1-1'], 'preparing');
  await evening.pay('o1', 500);
  await evening.give(
    'order.discount',
    { order_id: 'o1', kind: 'percent', value: 1_000, reason: 'late' },
    { changing: { order_header: ['o1'] } },
  );
  const { shiftId } = evening;
  await evening.give('cash.paid_in', { shift_id: shiftId, amount: 500, reason: 'change' });
});
afterAll(async () => {
  await evening.end();
});

describe('what a view holds', () => {
  it.each(VIEW_NAMES)(
    'H-VIEW-1 the view %s has the tables and columns of the protocol',
    async (view) => {
      const admin = await evening.hub.client({ role: 'admin' });
      const { tables } = (await admin.subscribe(view)) as SnapshotMessage;
      expect(Object.keys(tables).sort()).toEqual(Object.keys(GOLDEN[view]).sort());
      for (const [table, columns] of Object.entries(GOLDEN[view])) {
        const [row] = tables[table] ?? [];
        expect(Object.keys(row ?? {}).sort(), table).toEqual(sortedWords(columns));
      }
    },
  );

  it.each(VIEW_NAMES)(
    'H-VIEW-2 the view %s is for the roles of the protocol alone',
    async (view) => {
      for (const role of ['kitchen', 'cashier', 'waiter', 'manager', 'admin'] as const) {
        const client = await evening.hub.client({ role });
        const reply = await client.subscribe(view);
        if (ROLES[view].includes(role)) expect(reply.type, role).toBe('snapshot');
        else expect(reply, role).toMatchObject({ type: 'error', code: 'forbidden', status: 403 });
      }
    },
  );

  it('H-VIEW-3 a snapshot names its channel, view, branch, epoch, version and time', async () => {
    const cook = await evening.hub.client({ role: 'kitchen', encoding: 'json' });
    const snapshot = await cook.subscribe('kitchen', { station: 'grill' });
    expect(snapshot).toEqual({
      type: 'snapshot',
      id: 'r2',
      channel: 'main/kitchen/grill',
      view: 'kitchen',
      branchId: 'main',
      epoch: evening.hub.store.epoch,
      version: expect.any(Number),
      serverTime: evening.hub.clock.now(),
      tables: expect.any(Object),
    });
  });

  it('H-VIEW-4 a view without rows still names its tables', async () => {
    const cook = await evening.hub.client({ role: 'kitchen', branchId: 'other' });
    const kitchen = (await cook.subscribe('kitchen')) as SnapshotMessage;
    expect(kitchen.tables).toEqual({ order_header: [], order_line: [] });
    const manager = await evening.hub.client({ role: 'manager', branchId: 'other' });
    const shift = (await manager.subscribe('shift')) as SnapshotMessage;
    expect(shift.tables).toEqual({ pos_shift: [], cash_movement: [], shift_totals: [] });
  });
});

describe('the rows of a kitchen view', () => {
  it('H-VIEW-5 a station shows its own lines, and orders that have something there', async () => {
    const own = await Evening.begin();
    await own.sent('a', ['burger', 'chips']);
    await own.sent('b', ['chips']);
    await own.order('c', ['burger']);
    const cook = await own.hub.client({ role: 'kitchen' });
    await cook.subscribe('kitchen', { station: 'grill' });
    await cook.subscribe('kitchen');
    await cook.subscribe('kitchen', { station: 'no-such-station' });
    const ids = (channel: string, table: string) =>
      cook
        .rows(channel, table)
        .map(({ id }) => id)
        .sort();
    expect(ids('main/kitchen/grill', 'order_line')).toEqual(['a-1']);
    expect(ids('main/kitchen/grill', 'order_header')).toEqual(['a']);
    expect(ids('main/kitchen', 'order_line')).toEqual(['a-1', 'a-2', 'b-1']);
    expect(ids('main/kitchen/no-such-station', 'order_header')).toEqual([]);
    await own.bump('a', ['a-1'], 'served');
    await own.settle();
    expect(ids('main/kitchen/grill', 'order_header')).toEqual([]);
    expect(ids('main/kitchen', 'order_header')).toEqual(['a', 'b']);
    await own.end();
  });

  it('H-VIEW-6 a voided line stays with its mark until a cook clears it', async () => {
    const own = await Evening.begin();
    await own.sent('a');
    const cook = await own.hub.client({ role: 'kitchen' });
    await cook.subscribe('kitchen');
    await own.give(
      'order.void_line',
      { order_id: 'a', line_id: 'a-1', reason: 'changed mind' },
      { changing: { order_line: ['a-1'] } },
    );
    await own.settle();
    expect(cook.row('main/kitchen', 'order_line', 'a-1')).toMatchObject({
      status: 'voided',
      mark: 'voided',
    });
    const clear = { order_id: 'a', line_ids: ['a-1'] };
    await own.give('kitchen.clear', clear, { by: cook, changing: { order_line: ['a-1'] } });
    await own.settle();
    expect(cook.rows('main/kitchen', 'order_line')).toEqual([]);
    expect(cook.rows('main/kitchen', 'order_header')).toEqual([]);
    await own.end();
  });

  it('H-VIEW-7 a change in columns that the view hides still sends the row’s new version', async () => {
    const own = await Evening.begin();
    await own.sent('a');
    const cook = await own.hub.client({ role: 'kitchen' });
    await cook.subscribe('kitchen');
    await own.pay('a', 100);
    await own.settle();
    const version = own.version('order_header', 'a');
    expect(cook.ofType('delta').at(-1)?.changes).toEqual({
      order_header: { updated: [{ id: 'a', version }] },
    });
    expect(cook.row('main/kitchen', 'order_header', 'a')?.version).toBe(version);
    await own.end();
  });
});

describe('the board', () => {
  it('H-VIEW-8 it shows orders while they are preparing or ready', async () => {
    const own = await Evening.begin();
    const guest = await own.hub.client({ role: 'waiter' });
    await guest.subscribe('board');
    const shown = async () => {
      await own.settle();
      return guest.rows('main/board', 'order_header').map(({ status }) => status);
    };
    await own.sent('a');
    expect(await shown()).toEqual([]);
    await own.bump('a', ['a-1'], 'preparing');
    expect(await shown()).toEqual(['preparing']);
    await own.bump('a', ['a-1'], 'ready');
    expect(await shown()).toEqual(['ready']);
    await own.bump('a', ['a-1'], 'served');
    expect(await shown()).toEqual([]);
    await own.end();
  });
});
