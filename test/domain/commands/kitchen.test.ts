import { describe, expect, it } from 'vitest';
import { kitchenClear } from '../../../src/domain/commands/kitchen-clear.js';
import { kitchenSetStatus } from '../../../src/domain/commands/kitchen-set-status.js';
import { orderClose } from '../../../src/domain/commands/order-close.js';
import { orderDiscount } from '../../../src/domain/commands/order-discount.js';
import { orderVoidLine } from '../../../src/domain/commands/order-void-line.js';
import { outcome } from '../../support/domain.js';
import { NOON } from '../../support/rows.js';
import { detailsOf, Till } from '../till.js';

describe('kitchen.set_status', () => {
  it('D-KIT-1 lines go forward with their times, and the order follows', () => {
    const till = new Till();
    till.openSent('a', ['steak', 'beer']);
    till.branch.now = NOON + 1;
    till.bump('a', 'a-1', 'preparing');
    expect(till.line('a-1')).toMatchObject({ status: 'preparing', started_at: NOON + 1 });
    expect(till.header('a')).toMatchObject({ status: 'preparing', stations: ['bar', 'grill'] });
    till.branch.now = NOON + 2;
    till.bump('a', 'a-1', 'ready');
    expect(till.line('a-1')).toMatchObject({ status: 'ready', ready_at: NOON + 2 });
    till.bump('a', 'a-2', 'ready');
    expect(till.header('a')).toMatchObject({ status: 'ready', ready_at: NOON + 2 });
    till.branch.now = NOON + 3;
    till.done(kitchenSetStatus, { order_id: 'a', line_ids: ['a-1', 'a-2'], status: 'served' });
    expect(till.line('a-2')).toMatchObject({
      status: 'served',
      started_at: null,
      served_at: NOON + 3,
    });
    expect(till.header('a')).toMatchObject({ status: 'open', stations: [], ready_at: NOON + 2 });
  });

  it('D-KIT-2 steps may be skipped', () => {
    const till = new Till();
    till.openSent('a', ['steak']);
    till.bump('a', 'a-1', 'served');
    expect(till.line('a-1')).toMatchObject({ status: 'served', started_at: null, ready_at: null });
    expect(till.header('a').ready_at).toBe(NOON);
  });

  it('D-KIT-3 going back is a recall: later times are cleared, sent_at keeps the ticket’s place', () => {
    const till = new Till();
    till.openSent('a', ['steak']);
    for (const [index, step] of (['preparing', 'ready', 'served'] as const).entries()) {
      till.branch.now = NOON + index + 1;
      till.bump('a', 'a-1', step);
    }
    till.branch.now = NOON + 9;
    till.bump('a', 'a-1', 'ready');
    expect(till.line('a-1')).toMatchObject({
      status: 'ready',
      sent_at: NOON,
      ready_at: NOON + 2,
      served_at: null,
    });
    till.bump('a', 'a-1', 'preparing');
    expect(till.line('a-1')).toMatchObject({
      status: 'preparing',
      sent_at: NOON,
      started_at: NOON + 1,
      ready_at: null,
    });
    expect(till.header('a')).toMatchObject({ status: 'preparing', ready_at: null, sent_at: NOON });
  });

  it('D-KIT-4 lines that were not sent, are voided, or are of no station are invalid_state', () => {
    const till = new Till();
    till.open('a', ['steak']);
    const set = (line_id: string): unknown =>
      detailsOf(
        till.give(kitchenSetStatus, { order_id: 'a', line_ids: [line_id], status: 'preparing' }),
      );
    expect(set('a-1')).toMatchObject({ status: 'new' });
    till.done(orderVoidLine, { order_id: 'a', line_id: 'a-1', reason: 'gone' });
    expect(set('a-1')).toMatchObject({ status: 'voided', legal: [] });
    till.openSent('b', ['water']);
    const water = { order_id: 'b', line_ids: ['b-1'] };
    const back = till.give(kitchenSetStatus, { ...water, status: 'preparing' });
    expect(outcome(back)).toBe('invalid_state');
    const same = till.give(kitchenSetStatus, { ...water, status: 'served' });
    expect(outcome(same)).toBe('unchanged');
  });

  it('D-KIT-5 cashiers and waiters may set lines served, and nothing else', () => {
    const till = new Till();
    till.openSent('a', ['steak']);
    const payload = { order_id: 'a', line_ids: ['a-1'] };
    for (const role of ['cashier', 'waiter'] as const) {
      const cook = till.give(kitchenSetStatus, { ...payload, status: 'preparing' }, role);
      expect(outcome(cook)).toBe('forbidden');
    }
    const serve = till.give(kitchenSetStatus, { ...payload, status: 'served' }, 'waiter');
    expect(outcome(serve)).toBe('change');
  });

  it('D-KIT-6 all lines of a bump are set, or none', () => {
    const till = new Till();
    till.openSent('a', ['steak']);
    const both = till.give(kitchenSetStatus, {
      order_id: 'a',
      line_ids: ['a-1', 'a-9'],
      status: 'ready',
    });
    expect(outcome(both)).toBe('not_found');
    expect(till.line('a-1').status).toBe('queued');
  });

  it('D-KIT-7 the status that a line has already is unchanged', () => {
    const till = new Till();
    till.openSent('a', ['steak']);
    till.bump('a', 'a-1', 'ready');
    const again = till.give(kitchenSetStatus, {
      order_id: 'a',
      line_ids: ['a-1'],
      status: 'ready',
    });
    expect(outcome(again)).toBe('unchanged');
  });

  it('D-KIT-8 lines of a closed order go on, shift or no shift', () => {
    const till = new Till();
    till.openSent('a', ['steak']);
    const comp = { kind: 'percent', value: 10_000, reason: 'late' } as const;
    till.done(orderDiscount, { order_id: 'a', ...comp });
    till.done(orderClose, { order_id: 'a' });
    expect(till.header('a')).toMatchObject({ status: 'closed', stations: ['grill'] });
    till.bump('a', 'a-1', 'served');
    expect(till.header('a')).toMatchObject({ status: 'closed', stations: [] });
    expect([kitchenSetStatus.needsOpenShift, kitchenClear.needsOpenShift]).toEqual([false, false]);
  });

  it('D-KIT-9 progress touches the header only where its status or stations follow', () => {
    const till = new Till();
    till.openSent('a', ['steak', 'steak']);
    till.bump('a', 'a-1', 'preparing');
    const { version } = till.header('a');
    till.bump('a', 'a-2', 'preparing');
    expect(till.header('a').version).toBe(version);
  });
});

describe('kitchen.clear', () => {
  it('D-KIT-10 clears marks, and the ticket leaves the screens with the last of them', () => {
    const till = new Till();
    till.openSent('a', ['steak', 'beer']);
    till.done(orderVoidLine, { order_id: 'a', line_id: 'a-1', reason: 'gone' });
    till.done(kitchenClear, { order_id: 'a', line_ids: ['a-1', 'a-2'] });
    expect(till.line('a-1')).toMatchObject({ status: 'voided', mark: null });
    expect(till.header('a').stations).toEqual(['bar']);
    const again = till.give(kitchenClear, { order_id: 'a', line_ids: ['a-1'] });
    expect(outcome(again)).toBe('unchanged');
  });
});
