/** What a client does not know, and what a queue is told of each command. */
import { describe, expect, it } from 'vitest';
import { predict, type PredictedCommand } from '../../../src/client/prediction/predict.js';
import {
  isQueueable,
  NOT_IDEMPOTENT,
  QUEUEABLE,
  unitOf,
  withIds,
  type QueueableCommand,
} from '../../../src/client/prediction/queueable.js';
import { Tables } from '../../../src/client/replica/tables.js';
import type { Role } from '../../../src/domain/rows.js';
import { makeItem, makeShift } from '../../support/rows.js';

const AT = 1_000;

function contextOf(role: Role, open = true) {
  const { id, business_date, register_id, status, opened_at } = makeShift();
  return {
    branch: { id: 'main', name: 'Main', currency: 'GBP', zone: 'UTC', cutoff_hour: 4, version: 1 },
    shift: open ? { id, business_date, register_id, status, opened_at } : null,
    principal: { id: 'ann', name: 'Ann', role, branch_id: 'main', device_id: 'till-1' },
  };
}

function given(command: QueueableCommand): PredictedCommand {
  return { ...command, key: 'k', at: AT, clientAt: AT };
}

const SHIFT_ID = makeShift().id;
const REASON = { reason: 'change' };
const LINE = { item_id: 'steak', qty: 1, line_id: 'l-1' };
const OPEN = given({
  name: 'order.open',
  payload: { order_id: 'o-1', order_type: 'takeaway', lines: [LINE] },
});

describe('what a client cannot foresee', () => {
  it('C-PRED-4 records that are not held make a prediction unknown, never a refusal', () => {
    const commands: QueueableCommand[] = [
      { name: 'order.add_lines', payload: { order_id: 'o-9', lines: [LINE] } },
      { name: 'order.close', payload: { order_id: 'o-9' } },
      { name: 'payment.add', payload: { order_id: 'o-9', method: 'cash', amount: 1 } },
      { name: 'menu.set_availability', payload: { item_id: 'steak', available: false } },
      { name: 'cash.drop', payload: { shift_id: 'another', amount: 1, ...REASON } },
      OPEN,
    ];
    for (const command of commands) {
      const prediction = predict(new Tables(), given(command), contextOf('manager'));
      expect(prediction.kind, command.name).toBe('unknown');
    }
  });

  it('C-PRED-4 without an open shift a sale is refused as the hub would refuse it', () => {
    const prediction = predict(new Tables(), OPEN, contextOf('cashier', false));
    expect(prediction).toMatchObject({ kind: 'refused', refusal: { code: 'shift_closed' } });
  });

  it('C-PRED-2 cash is foreseen in the drawer of the open shift, with an id that follows from the key', () => {
    const drop = given({
      name: 'cash.drop',
      payload: { shift_id: SHIFT_ID, amount: 500, ...REASON },
    });
    const foreseen = () => predict(new Tables(), drop, contextOf('cashier'));
    expect(foreseen()).toMatchObject({
      kind: 'change',
      rows: [{ table: 'cash_movement', row: { kind: 'drop', amount: 500, at: AT, version: 1 } }],
    });
    expect(foreseen()).toEqual(foreseen());
    const waiter = predict(new Tables(), drop, contextOf('waiter'));
    expect(waiter).toMatchObject({ kind: 'refused', refusal: { code: 'forbidden' } });
  });

  it('C-PRED-1 a sale without a connection: opened with a leased number, in whole rows of the view', () => {
    const screen = new Tables();
    const { ...item } = makeItem();
    screen.set('menu_item', item.id, item);
    const numbered = given({
      name: 'order.open',
      payload: { ...OPEN.payload, number: 41 } as never,
    });
    const prediction = predict(screen, numbered, contextOf('waiter'));
    const rows = prediction.kind === 'change' ? prediction.rows : [];
    expect(rows.map(({ table }) => table)).toEqual(['order_header', 'order_line']);
    expect(rows[0]?.row).toMatchObject({ id: 'o-1', number: 41, shift_id: SHIFT_ID });
    expect(rows[1]?.row).not.toHaveProperty('tax_included');
  });
});

describe('what a queue is told', () => {
  it('C-PRED-5 every record that a command makes has an id before it is stored; ids that are there stay', () => {
    let made = 0;
    const newId = () => `id-${String((made += 1))}`;
    const lines = [{ item_id: 'steak', qty: 1 }, LINE];
    expect(withIds('order.open', { order_type: 'takeaway', lines }, newId)).toMatchObject({
      order_id: 'id-1',
      lines: [{ line_id: 'id-2' }, { line_id: 'l-1' }],
    });
    const add = withIds('order.add_lines', { order_id: 'o', lines }, newId);
    expect(add.lines.map(({ line_id }) => line_id)).toEqual(['id-3', 'l-1']);
    const pay = { order_id: 'o', method: 'cash', amount: 1 } as const;
    expect(withIds('payment.add', pay, newId).payment_id).toBe('id-4');
    expect(withIds('order.close', { order_id: 'o' }, newId)).toEqual({ order_id: 'o' });
  });

  it('C-PRED-6 commands of one order, of the drawer and of one item each keep their order', () => {
    expect(unitOf('order.close', { order_id: 'o' })).toBe('o');
    expect(unitOf('payment.add', { order_id: 'o', method: 'cash', amount: 1 })).toBe('o');
    expect(unitOf('cash.no_sale', { shift_id: 's', ...REASON })).toBe('cash');
    expect(unitOf('menu.set_availability', { item_id: 'o', available: true })).toBe('item:o');
  });

  it('C-PRED-6 what ends a shift, moves lines or undoes an order is not queued', () => {
    for (const name of ['shift.close', 'order.split', 'order.merge', 'order.void'] as const) {
      expect(isQueueable(name)).toBe(false);
    }
    for (const name of NOT_IDEMPOTENT) expect(Object.keys(QUEUEABLE)).toContain(name);
  });
});
