import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResultMessage } from '../../src/protocol/messages.js';
import type {
  BranchGetResult,
  KitchenRecentResult,
  OrderGetResult,
  OrderListResult,
  ShiftReportResult,
} from '../../src/protocol/results.js';
import { EVENING } from '../support/hub.js';
import { Evening } from './evening.js';

let evening: Evening;
beforeEach(async () => {
  evening = await Evening.begin();
});
afterEach(async () => {
  await evening.end();
});

async function ask<Result>(name: string, params: object): Promise<Result> {
  const reply = await evening.till.query(name, params);
  if (reply.type !== 'result') throw new Error(JSON.stringify(reply));
  return (reply as ResultMessage & { readonly result: Result }).result;
}

/** How orders were found so far. */
function reads() {
  const stats = evening.hub.hub.stats();
  return {
    hot: stats['order_reads_hot_total'],
    cache: stats['order_reads_cache_total'],
    store: stats['order_reads_store_total'],
  };
}

/** An order served, paid and closed. */
async function finished(orderId: string): Promise<void> {
  await evening.sent(orderId);
  await evening.bump(orderId, [`${orderId}-1`], 'served');
  await evening.pay(orderId, 1_200);
  await evening.close(orderId);
}

describe('branch.get', () => {
  it('H-QUERY-11 gives every role the branch and the open shift, without what it may not see', async () => {
    const seen: Record<string, string[]> = {};
    for (const role of ['admin', 'manager', 'cashier', 'waiter', 'kitchen'] as const) {
      const client = await evening.hub.client({ role });
      const reply = await client.query('branch.get', {});
      if (reply.type !== 'result') throw new Error(JSON.stringify(reply));
      const { branch, shift } = reply.result as BranchGetResult;
      expect(branch).toMatchObject({ id: 'main', currency: 'GBP', cutoff_hour: 4 });
      expect(shift).toEqual({
        id: evening.shiftId,
        business_date: '2019-05-18',
        register_id: expect.any(String) as string,
        status: 'open',
        opened_at: EVENING,
      });
      seen[role] = ['tax_rules', 'settings'].filter((column) => column in branch);
    }
    const all = ['tax_rules', 'settings'];
    expect(seen).toEqual({
      admin: all,
      manager: all,
      cashier: ['tax_rules'],
      waiter: ['tax_rules'],
      kitchen: [],
    });
  });

  it('H-QUERY-11 says that no shift is open', async () => {
    await evening.closeShift();
    expect(await ask<BranchGetResult>('branch.get', {})).toMatchObject({ shift: null });
  });
});

describe('order.get', () => {
  it('H-QUERY-1 gives header, lines, payments, adjustments and the log of every status', async () => {
    await finished('o1');
    const order = await ask<OrderGetResult>('order.get', { order_id: 'o1' });
    expect(order).toMatchObject({
      header: { id: 'o1', status: 'closed', total: 1_200, payment_status: 'paid' },
      lines: [{ id: 'o1-1', status: 'served' }],
      payments: [{ amount: 1_200 }],
      adjustments: [],
    });
    expect(order.lines[0]).not.toHaveProperty('tax_included');
    expect(order.lines[0]).not.toHaveProperty('voided_by');
    const steps = order.logs.map(({ line_id, status }) => `${line_id ?? 'order'} ${status}`);
    expect(steps).toEqual(
      expect.arrayContaining([
        'order open',
        'o1-1 new',
        'o1-1 queued',
        'o1-1 served',
        'order closed',
      ]),
    );
  });

  it('H-QUERY-2 finds it in memory, then in the store, then in the cache, and the counts say so', async () => {
    await finished('o1');
    const hot = await ask<OrderGetResult>('order.get', { order_id: 'o1' });
    expect(reads()).toEqual({ hot: 1, cache: 0, store: 0 });
    await evening.closeShift();
    const cold = await ask<OrderGetResult>('order.get', { order_id: 'o1' });
    expect(reads()).toEqual({ hot: 1, cache: 0, store: 1 });
    const cached = await ask<OrderGetResult>('order.get', { order_id: 'o1' });
    expect(reads()).toEqual({ hot: 1, cache: 1, store: 1 });
    expect(cold).toEqual(hot);
    expect(cached).toEqual(hot);
  });

  it('H-QUERY-3 the cache never shows what a commit has overtaken', async () => {
    await evening.sent('o1');
    await evening.bump('o1', ['o1-1'], 'served');
    const paying = { order_id: 'o1', payment_id: 'p1', method: 'card', amount: 1_200 } as const;
    await evening.give('payment.add', paying);
    await evening.close('o1');
    await evening.closeShift();
    await evening.openShift();
    await ask('order.get', { order_id: 'o1' });
    const manager = await evening.hub.client({ role: 'manager' });
    const refund = { payment_id: 'p1', amount: 200, reason: 'cold food' };
    await evening.give('payment.refund', refund, { by: manager });
    const order = await ask<OrderGetResult>('order.get', { order_id: 'o1' });
    expect(order.payments).toMatchObject([{ kind: 'payment' }, { kind: 'refund', amount: 200 }]);
    expect(order.header).toMatchObject({ paid: 1_000 });
  });

  it('H-QUERY-4 an order that is not there, or another branch’s, is not_found', async () => {
    await evening.order('o1');
    expect(await evening.till.query('order.get', { order_id: 'o9' })).toMatchObject({
      code: 'not_found',
    });
    const other = await evening.hub.client({ role: 'admin', branchId: 'other' });
    expect(await other.query('order.get', { order_id: 'o1' })).toMatchObject({ code: 'not_found' });
    const foreign = await other.query('order.get', { order_id: 'o1' }, 'main');
    expect(foreign).toMatchObject({ code: 'forbidden', message: 'this branch is not yours' });
    const unknown = await other.query('order.get', { order_id: 'o1' }, 'nowhere');
    expect(unknown).toMatchObject({ code: 'forbidden', message: 'this branch is not yours' });
  });
});

describe('order.list', () => {
  beforeEach(async () => {
    for (let count = 1; count <= 7; count += 1) {
      evening.hub.clock.advance(60_000);
      await evening.order(`o${String(count)}`, [], count % 2 === 0 ? 'even' : 'odd');
    }
    await evening.close('o3');
  });

  async function list(params: object): Promise<string[]> {
    const { orders } = await ask<OrderListResult>('order.list', params);
    return orders.map(({ id }) => id);
  }

  it('H-QUERY-5 newest first, filtered by status, table, number and time', async () => {
    expect(await list({})).toEqual(['o7', 'o6', 'o5', 'o4', 'o3', 'o2', 'o1']);
    expect(await list({ status: 'closed' })).toEqual(['o3']);
    expect(await list({ table_no: 'even' })).toEqual(['o6', 'o4', 'o2']);
    expect(await list({ number: 4 })).toEqual(['o4']);
    const now = evening.hub.clock.now();
    expect(await list({ from: now - 120_000 })).toEqual(['o7', 'o6', 'o5']);
    expect(await list({ from: now - 120_000, to: now })).toEqual(['o6', 'o5']);
    expect(await list({ status: 'open', table_no: 'odd' })).toEqual(['o7', 'o5', 'o1']);
  });

  it('H-QUERY-6 page after page by the cursor, each order once, whatever comes in between', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 5; page += 1) {
      const params: object = { limit: 3, ...(cursor !== null && { cursor }) };
      const found: OrderListResult = await ask<OrderListResult>('order.list', params);
      expect(found.orders.length).toBeLessThanOrEqual(3);
      seen.push(...found.orders.map(({ id }) => id));
      cursor = found.cursor;
      evening.hub.clock.advance(1_000);
      await evening.order(`late${String(page)}`);
      if (cursor === null) break;
    }
    expect(seen).toEqual(['o7', 'o6', 'o5', 'o4', 'o3', 'o2', 'o1']);
    expect(cursor).toBeNull();
  });

  it('H-QUERY-6 a limit above 200 or an unknown field is validation_failed', async () => {
    for (const params of [{ limit: 201 }, { limit: 0 }, { colour: 'red' }, { status: 'lost' }]) {
      const reply = await evening.till.query('order.list', params);
      expect(reply).toMatchObject({ code: 'validation_failed' });
    }
    expect(await evening.till.query('order.dance', {})).toMatchObject({
      code: 'validation_failed',
    });
  });
});

describe('kitchen.recent', () => {
  it('H-QUERY-7 the lines served last, newest first, of one station or all, up to the limit', async () => {
    for (const id of ['a', 'b', 'c']) {
      await evening.sent(id, ['burger', 'chips']);
      evening.hub.clock.advance(1_000);
      await evening.bump(id, [`${id}-1`], 'served');
      evening.hub.clock.advance(1_000);
      await evening.bump(id, [`${id}-2`], 'served');
    }
    const recent = async (params: object) =>
      (await ask<KitchenRecentResult>('kitchen.recent', params)).lines.map(({ id }) => id);
    expect(await recent({})).toEqual(['c-2', 'c-1', 'b-2', 'b-1', 'a-2', 'a-1']);
    expect(await recent({ station: 'grill' })).toEqual(['c-1', 'b-1', 'a-1']);
    expect(await recent({ station: 'grill', limit: 2 })).toEqual(['c-1', 'b-1']);
    expect(await recent({ station: 'nowhere' })).toEqual([]);
  });
});

describe('shift.report', () => {
  it('H-QUERY-8 x of the open shift, at any time, changes nothing', async () => {
    await finished('o1');
    const first = await ask<ShiftReportResult>('shift.report', { kind: 'x' });
    expect(first).toMatchObject({ z_number: null, report: { kind: 'x' } });
    const { version } = await evening.order('o2');
    const named = await ask<ShiftReportResult>('shift.report', {
      kind: 'x',
      shift_id: evening.shiftId,
    });
    expect(named.report).toMatchObject({ kind: 'x' });
    expect((await evening.order('o3')).version).toBe((version ?? 0) + 1);
  });

  it('H-QUERY-9 z of a closed shift is the frozen report with its number; of the open one invalid_state', async () => {
    const open = await evening.till.query('shift.report', {
      kind: 'z',
      shift_id: evening.shiftId,
    });
    expect(open).toMatchObject({ code: 'invalid_state' });
    expect(await evening.till.query('shift.report', { kind: 'z' })).toMatchObject({
      code: 'not_found',
    });
    const first = evening.shiftId;
    await finished('o1');
    await evening.closeShift();
    await evening.openShift();
    const z = await ask<ShiftReportResult>('shift.report', { kind: 'z' });
    expect(z).toMatchObject({ z_number: 1, report: { kind: 'z' } });
    await evening.closeShift();
    const second = await ask<ShiftReportResult>('shift.report', { kind: 'z' });
    expect(second.z_number).toBe(2);
    const named = await ask<ShiftReportResult>('shift.report', { kind: 'z', shift_id: first });
    expect(named).toEqual(z);
  });

  it('R-FIG-6 a close and a handover leave the figures of their shift, which X showed before', async () => {
    const { store } = evening.hub;
    const ever = { from: '2000-01-01', to: '2999-12-31' };
    await finished('o1');
    const { report } = await ask<ShiftReportResult>('shift.report', { kind: 'x' });
    expect(report).toMatchObject({ sales: { orders: 1, total: 1_200 }, late: [] });
    expect(report.kitchen).toMatchObject([{ lines: 1, recalls: 0, to_ready: { p50: 7_500 } }]);
    await evening.handOver();
    await finished('o2');
    await evening.closeShift();
    expect(await store.reports.figures('main', ever)).toMatchObject({ shifts: 2, total: 2_400 });
    expect(await store.reports.shifts('main', ever)).toMatchObject([
      { shift: { z_number: 1 }, orders: 1, total: 1_200 },
      { shift: { z_number: 2 }, orders: 1, total: 1_200 },
    ]);
  });

  it('H-QUERY-10 is for cashiers and above', async () => {
    for (const role of ['waiter', 'kitchen'] as const) {
      const client = await evening.hub.client({ role });
      const reply = await client.query('shift.report', { kind: 'x' });
      expect(reply, role).toMatchObject({ code: 'forbidden' });
    }
    for (const role of ['cashier', 'manager', 'admin'] as const) {
      const client = await evening.hub.client({ role });
      expect(await client.query('shift.report', { kind: 'x' }), role).toMatchObject({
        type: 'result',
      });
    }
  });
});
