/** Random evenings: whatever is rung up, discounted, sent, split, merged and voided, money and portions are kept. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { kitchenSetStatus } from '../../src/domain/commands/kitchen-set-status.js';
import { orderAddLines } from '../../src/domain/commands/order-add-lines.js';
import { orderDiscount } from '../../src/domain/commands/order-discount.js';
import { orderMerge } from '../../src/domain/commands/order-merge.js';
import { orderSend } from '../../src/domain/commands/order-send.js';
import { orderSplit } from '../../src/domain/commands/order-split.js';
import { orderTransfer } from '../../src/domain/commands/order-transfer.js';
import { orderVoidLine } from '../../src/domain/commands/order-void-line.js';
import type { OrderLine } from '../../src/domain/rows.js';
import { orderTotals } from '../../src/domain/totals.js';
import { Till } from './till.js';

const OPERATIONS = [
  'add',
  'discount',
  'send',
  'bump',
  'void',
  'split',
  'merge',
  'transfer',
] as const;

/** Numbers that pick what a step acts on, each taken modulo what there is. */
const step = fc.record({
  operation: fc.constantFrom(...OPERATIONS),
  order: fc.nat(20),
  other: fc.nat(20),
  line: fc.nat(20),
  amount: fc.integer({ min: 1, max: 2_500 }),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function picked<T>(from: readonly T[], index: number): T | undefined {
  return from[index % Math.max(1, from.length)];
}

/** Does the step where it is legal; what is refused changes nothing. */
function take(
  till: Till,
  { operation, order, other, line, amount }: Step,
  share: 'amount' | 'percent',
): void {
  const ids = till.branch.unfinishedOrders().map(({ id }) => id);
  const order_id = picked(ids, order) ?? 'a';
  const into_order_id = picked(ids, other) ?? 'a';
  const lines = till.lines(order_id);
  const { id: line_id = 'none', qty = 1 } = picked(lines, line) ?? {};
  const item_id = picked(['steak', 'beer', 'water'], line) ?? 'steak';
  switch (operation) {
    case 'add': {
      const hold = other % 3 === 0;
      till.give(orderAddLines, { order_id, lines: [{ item_id, qty: (amount % 4) + 1, hold }] });
      return;
    }
    case 'discount': {
      const payload = { order_id, kind: share, value: amount, reason: 'late' };
      till.give(orderDiscount, other % 2 === 0 ? payload : { ...payload, line_id });
      return;
    }
    case 'send':
      till.give(orderSend, other % 2 === 0 ? { order_id } : { order_id, line_ids: [line_id] });
      return;
    case 'bump': {
      const status = picked(['preparing', 'ready', 'served'] as const, other) ?? 'served';
      till.give(kitchenSetStatus, { order_id, line_ids: [line_id], status });
      return;
    }
    case 'void':
      till.give(orderVoidLine, { order_id, line_id, reason: 'gone' });
      return;
    case 'split':
      till.give(orderSplit, { order_id, lines: [{ line_id, qty: (amount % qty) + 1 }] });
      return;
    case 'merge':
      till.give(orderMerge, { order_id, into_order_id });
      return;
    case 'transfer':
      till.give(orderTransfer, { order_id, table_no: other.toString() });
  }
}

function moves({ operation }: Step): boolean {
  return operation === 'split' || operation === 'merge' || operation === 'transfer';
}

function sumOf(till: Till, column: 'subtotal' | 'total'): number {
  return [...till.branch.tables.order_header.values()].reduce((sum, row) => sum + row[column], 0);
}

/** Whether some amount is larger than what it could be taken of: then it may give more on a larger order. */
function anyCapped(till: Till): boolean {
  return [...till.branch.tables.order_header.keys()].some((id) => {
    const order = till.branch.order(id);
    if (order === undefined) return false;
    const { adjustments } = orderTotals(order, till.branch.branch.tax_rules);
    return order.adjustments.some((row) => (adjustments.get(row.id) ?? 0) < row.value);
  });
}

/** Portions by item, status and moment of sending. */
function portions(till: Till): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { item_id, status, sent_at, qty } of till.branch.tables.order_line.values()) {
    const key = [item_id, status, sent_at].join(' ');
    counts[key] = (counts[key] ?? 0) + qty;
  }
  return counts;
}

function evening(
  steps: readonly Step[],
  share: 'amount' | 'percent',
  each: (till: Till, step: Step, run: () => void) => void,
): void {
  const till = new Till();
  till.open('a', ['steak', { item_id: 'beer', qty: 3 }]);
  till.openSent('b', [{ item_id: 'steak', qty: 2 }, 'water']);
  till.open('c', ['beer']);
  for (const next of steps) {
    till.branch.now += 1;
    each(till, next, () => {
      take(till, next, share);
    });
  }
}

const anyEvening = fc.array(step, { minLength: 5, maxLength: 40 });

it('D-MOVE-1 split and merge keep the money of orders without percentages; where an amount was capped, nobody pays more', () => {
  let kept = 0;
  fc.assert(
    fc.property(anyEvening, (steps) => {
      evening(steps, 'amount', (till, next, run) => {
        const before = sumOf(till, 'total');
        const gross = sumOf(till, 'subtotal');
        const capped = anyCapped(till);
        run();
        if (!moves(next)) return;
        expect(sumOf(till, 'subtotal')).toBe(gross);
        if (capped) expect(sumOf(till, 'total')).toBeLessThanOrEqual(before);
        else expect(sumOf(till, 'total')).toBe(before);
        if (!capped) kept += 1;
      });
    }),
    { seed: 21, numRuns: 200 },
  );
  expect(kept).toBeGreaterThan(500);
});

it('D-MOVE-2 split, merge and transfer send nothing: portions keep item, status and moment of sending', () => {
  fc.assert(
    fc.property(anyEvening, fc.constantFrom('amount', 'percent'), (steps, share) => {
      evening(steps, share, (till, next, run) => {
        const before = portions(till);
        run();
        if (moves(next)) expect(portions(till)).toEqual(before);
      });
    }),
    { seed: 22, numRuns: 200 },
  );
});

it('D-MOVE-3 a line is sent once: the moment never changes after', () => {
  fc.assert(
    fc.property(anyEvening, (steps) => {
      const sent = new Map<string, number>();
      evening(steps, 'percent', (till, _next, run) => {
        run();
        for (const { id, sent_at } of till.branch.tables.order_line.values()) {
          const known = sent.get(id);
          if (known !== undefined) expect(sent_at).toBe(known);
          if (sent_at !== null) sent.set(id, sent_at);
        }
      });
    }),
    { seed: 23, numRuns: 200 },
  );
});

it('D-MOVE-4 what is stored of an order is what its rows come to, and a moved line in the kitchen is marked', () => {
  fc.assert(
    fc.property(anyEvening, fc.constantFrom('amount', 'percent'), (steps, share) => {
      evening(steps, share, (till, next, run) => {
        const orderOf = (): Map<string, string> =>
          new Map(
            [...till.branch.tables.order_line.values()].map((line) => [line.id, line.order_id]),
          );
        const before = orderOf();
        run();
        for (const id of till.branch.tables.order_header.keys()) expectSettled(till, id);
        for (const [id, orderId] of orderOf()) {
          const stayed = before.get(id) ?? orderId;
          if (moves(next) && stayed !== orderId) expectMarked(till.line(id));
        }
      });
    }),
    { seed: 24, numRuns: 100 },
  );
});

function expectSettled(till: Till, orderId: string): void {
  const order = till.branch.order(orderId);
  if (order === undefined) throw new Error(`order ${orderId} is there`);
  const totals = orderTotals(order, till.branch.branch.tax_rules);
  expect(order.header).toMatchObject(totals.header);
  expect(order.lines).toMatchObject(totals.lines);
}

function expectMarked(line: OrderLine): void {
  if (['queued', 'preparing', 'ready'].includes(line.status)) expect(line.mark).toBe('moved');
}
