/** The checks that a replay ends with, shown to fail on what they are there for. */
import { describe, expect, it } from 'vitest';
import type { OrderHeader } from '../../../src/domain/rows.js';
import type { OrderGetResult } from '../../../src/protocol/results.js';
import { firstDifference } from '../../../src/server/cli/replay/comparison.js';
import { readOrders } from '../../../src/server/cli/replay/csv.js';
import { makePlan } from '../../../src/server/cli/replay/plan.js';
import { reconcile } from '../../../src/server/cli/replay/reconciliation.js';

const ROWS = readOrders(
  {
    name: 'orders.csv',
    text:
      'OrderNumber,OrderDate,ItemName,Quantity,ProductPrice\n' +
      '1,01/05/2019 19:00,Naan,2,2.60\n1,01/05/2019 19:00,Rice,1,2.95\n2,01/05/2019 20:00,Rice,1,2.95\n',
  },
  'Europe/London',
);
const PLAN = makePlan([], ROWS, {
  branchId: 'main',
  zone: 'Europe/London',
  cutoffHour: 4,
  selection: {},
});

type Stored = Map<string, OrderGetResult>;

/** The plan as a hub that did everything right would have it. */
function allRight(): Stored {
  const stored: Stored = new Map();
  for (const order of PLAN.days.flatMap((day) => day.orders)) {
    const lines = order.batches.flat().map((line) => ({
      id: line.id,
      name: line.item.name,
      item_id: line.item.id,
      qty: line.qty,
      unit_price: line.pence,
      status: 'served',
    }));
    const total = lines.reduce((sum, line) => sum + line.qty * line.unit_price, 0);
    const header = { id: order.id, status: 'closed', subtotal: total, total };
    const payments = [{ amount: total }];
    stored.set(order.id, { header, lines, payments } as unknown as OrderGetResult);
  }
  return stored;
}

const [FIRST = ''] = allRight().keys();

function spoil(change: (order: OrderGetResult) => Partial<OrderGetResult>): Stored {
  const stored = allRight();
  const order = stored.get(FIRST)!;
  return stored.set(FIRST, { ...order, ...change(order) });
}

describe('reconciliation', () => {
  it('R-REC-1 what is all there is neither lost nor doubled, and adds up', () => {
    const { expected, found, lost, doubled } = reconcile(PLAN, allRight(), []);
    expect(found).toEqual(expected);
    expect(expected).toEqual({ orders: 2, lines: 3, units: 4, pence: 1_110 });
    expect([lost, doubled]).toEqual([[], []]);
  });

  it('R-REC-2 an order, a line, a quantity, a price, a close or a payment that is not there is lost', () => {
    const without = allRight();
    without.delete(FIRST);
    const spoilt = [
      without,
      spoil(({ lines }) => ({ lines: lines.slice(1) })),
      spoil(({ lines }) => ({ lines: lines.map((line) => ({ ...line, qty: 9 })) })),
      spoil(({ lines }) => ({ lines: lines.map((line) => ({ ...line, unit_price: 1 })) })),
      spoil(({ lines }) => ({
        lines: lines.map((line) => ({ ...line, status: 'ready' as const })),
      })),
      spoil(({ header }) => ({ header: { ...header, status: 'open' } })),
      spoil(() => ({ payments: [] })),
    ];
    for (const stored of spoilt) {
      expect(reconcile(PLAN, stored, []).lost.join()).toContain('order 1');
    }
    expect(reconcile(PLAN, without, []).found.orders).toBe(1);
  });

  it('R-REC-3 a line too many, a second payment or a second order of one receipt is doubled', () => {
    const line = spoil(({ lines }) => ({ lines: [...lines, { ...lines[0]!, id: 'again' }] }));
    const paid = spoil(({ payments }) => ({ payments: [...payments, ...payments] }));
    expect(reconcile(PLAN, line, []).doubled).toEqual(['order 1, Naan']);
    expect(reconcile(PLAN, paid, []).doubled).toEqual(['order 1: 1630 paid of 815']);
    const listed = [
      { id: FIRST, note: 'Receipt 1', number: 1 },
      { id: 'another', note: 'Receipt 1', number: 8 },
      { id: 'of somebody else', note: null, number: 9 },
    ] as unknown as OrderHeader[];
    expect(reconcile(PLAN, allRight(), listed).doubled).toEqual(['Receipt 1 again, as order 8']);
  });
});

describe('comparison with a snapshot', () => {
  const table = (...rows: { id: string; version: number; [column: string]: unknown }[]) =>
    new Map([['order_line', new Map(rows.map((row) => [row.id, row]))]]);

  it('R-CMP-1 order of rows and columns, and empty tables, make no difference', () => {
    const held = new Map([
      ...table({ id: 'a', version: 1, qty: 2 }, { id: 'b', version: 1, qty: 1 }),
      ['order_header', new Map()] as const,
    ]);
    const fresh = table({ id: 'b', qty: 1, version: 1 }, { qty: 2, id: 'a', version: 1 });
    expect(firstDifference(held, fresh)).toBeNull();
  });

  it('R-CMP-2 one column, a row too many, a row too few: each is found', () => {
    const row = { id: 'a', version: 1, qty: 2, modifiers: [{ id: 'm' }] };
    const fresh = table(row);
    expect(firstDifference(table({ ...row, qty: 3 }), fresh)).toContain('"qty",3');
    expect(firstDifference(table({ ...row, modifiers: [] }), fresh)).toContain('in place of');
    expect(firstDifference(table({ ...row, note: null }), fresh)).toContain('note');
    expect(firstDifference(table(row, { id: 'b', version: 1 }), fresh)).toBe(
      'order_line b is too much',
    );
    expect(firstDifference(new Map(), fresh)).toBe('order_line a is missing');
  });
});
