import { describe, expect, it } from 'vitest';
import { TestHub } from '../support/hub.js';

describe('an order from till to kitchen', () => {
  it('H-WAY-1 an order rung up at a till shows at its station, is cooked, paid and closed', async () => {
    const hub = await TestHub.open();
    const till = await hub.client({ role: 'cashier' });
    const grill = await hub.client({ role: 'kitchen', encoding: 'json' });
    await till.subscribe('orders');
    await grill.subscribe('kitchen', { station: 'grill' });
    await till.command('shift.open', { opening_float: 10_000 });
    const opened = await till.command('order.open', {
      order_id: 'o1',
      order_type: 'dine_in',
      table_no: '7',
      lines: [
        { line_id: 'l1', item_id: 'burger', qty: 2, modifiers: ['cheese'] },
        { line_id: 'l2', item_id: 'chips', qty: 1 },
      ],
    });
    expect(opened).toMatchObject({ type: 'ack', durability: 'none' });
    await till.command('order.send', { order_id: 'o1' });
    await hub.settle();
    expect(grill.rows('main/kitchen/grill', 'order_line')).toMatchObject([
      { id: 'l1', status: 'queued', version: 2 },
    ]);
    for (const status of ['preparing', 'ready', 'served'] as const) {
      const version = grill.row('main/kitchen/grill', 'order_line', 'l1')?.version ?? 0;
      const bumped = await grill.command(
        'kitchen.set_status',
        { order_id: 'o1', line_ids: ['l1'], status },
        { expect: { order_line: { l1: version } } },
      );
      expect(bumped.type).toBe('ack');
      await hub.settle();
    }
    expect(grill.rows('main/kitchen/grill', 'order_line')).toEqual([]);
    const paid = await till.command('payment.add', {
      order_id: 'o1',
      method: 'cash',
      amount: 2_950,
      tendered: 3_000,
    });
    expect(paid.type).toBe('ack');
    await hub.settle();
    const header = till.row('main/orders', 'order_header', 'o1');
    expect(header).toMatchObject({ total: 2_950, paid: 2_950, payment_status: 'paid' });
    const closed = await till.command(
      'order.close',
      { order_id: 'o1' },
      { expect: { order_header: { o1: header?.version ?? 0 } } },
    );
    expect(closed.type).toBe('ack');
    expect([...till.gaps, ...grill.gaps]).toEqual([]);
    await hub.close();
  });
});
