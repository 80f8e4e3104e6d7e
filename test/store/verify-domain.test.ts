/** What the domain decides verifies clean: a random evening of real commands, stored and reckoned anew in SQL. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ChangeSet } from '../../src/domain/change-set.js';
import type { CommandDefinition } from '../../src/domain/command.js';
import { cashPaidIn } from '../../src/domain/commands/cash-movements.js';
import { kitchenSetStatus } from '../../src/domain/commands/kitchen-set-status.js';
import { orderAddLines } from '../../src/domain/commands/order-add-lines.js';
import { orderClose } from '../../src/domain/commands/order-close.js';
import { orderDiscount } from '../../src/domain/commands/order-discount.js';
import { orderMerge } from '../../src/domain/commands/order-merge.js';
import { orderOpen } from '../../src/domain/commands/order-open.js';
import { orderReopen } from '../../src/domain/commands/order-reopen.js';
import { orderSend } from '../../src/domain/commands/order-send.js';
import { orderSplit } from '../../src/domain/commands/order-split.js';
import { orderVoid } from '../../src/domain/commands/order-void.js';
import { orderVoidLine } from '../../src/domain/commands/order-void-line.js';
import { paymentAdd } from '../../src/domain/commands/payment-add.js';
import { paymentRefund } from '../../src/domain/commands/payment-refund.js';
import { shiftClose } from '../../src/domain/commands/shift-close.js';
import { shiftOpen } from '../../src/domain/commands/shift-open.js';
import { TABLE_NAMES } from '../../src/domain/tables.js';
import type { ShiftSummary } from '../../src/store/reports.js';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { verifyDatabase } from '../../src/store/verify/verify-database.js';
import { Till } from '../domain/till.js';
import { TestBranch } from '../support/domain.js';
import { makeBranch, makeItem } from '../support/rows.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { commit, inserted, request } from '../support/store.js';

const SEEDS = [1, 2, 3];
const STEPS = 300;
const MODES = ['included', 'added'] as const;

/** A till under rules that make pennies: service charge, its tax, rounding, two rates of tax. */
function awkwardTill(mode: (typeof MODES)[number]): Till {
  const branch = makeBranch({
    tax_rules: {
      service_charge_rate: 1_250,
      service_charge_order_types: ['dine_in'],
      service_charge_tax_rate: 2_000,
      rounding_unit: 5,
    },
  });
  const till = new Till(new TestBranch({ branch }));
  const tax_included = mode === 'included';
  const odd = { tax_rate: 1_955, price: 333, tax_included };
  till.branch.put('menu_item', makeItem({ id: 'steak', ...odd }));
  till.branch.put('menu_item', makeItem({ id: 'soup', ...odd, tax_rate: 500, price: 199 }));
  return till;
}

/** A small repeatable source of numbers below `bound` (mulberry32). */
function numbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

interface Stored {
  readonly changeSet: ChangeSet;
  readonly zNumberOf: string | null;
  readonly summary?: ShiftSummary;
}

/** The change sets of an evening; what is refused is not among them. */
function evening(till: Till, pick: (bound: number) => number): readonly Stored[] {
  const stored: Stored[] = [];
  const give = (command: unknown, payload: unknown) => {
    till.branch.now += 1;
    const decision = till.give(command as CommandDefinition, payload);
    if (decision.kind !== 'change') return;
    const { changeSet, zNumberOf = null, summary } = decision;
    stored.push({ changeSet, zNumberOf, ...(summary !== undefined && { summary }) });
  };
  const one = (rows: Iterable<{ readonly id: string }>): string => {
    const ids = [...rows].map(({ id }) => id);
    return ids[pick(Math.max(1, ids.length))] ?? 'none';
  };
  const { tables } = till.branch;
  for (let step = 0; step < STEPS; step += 1) {
    const order_id = one(tables.order_header.values());
    const line_id = one(till.lines(order_id));
    const line = () => ({ item_id: one(tables.menu_item.values()), qty: pick(4) + 1 });
    const due =
      (tables.order_header.get(order_id)?.total ?? 0) -
      (tables.order_header.get(order_id)?.paid ?? 0);
    const reason = 'so it goes';
    const steps: (() => void)[] = [
      () => {
        give(orderOpen, {
          order_type: pick(3) === 0 ? 'takeaway' : 'dine_in',
          lines: [line(), line()],
        });
      },
      () => {
        give(orderAddLines, { order_id, lines: [line()] });
      },
      () => {
        give(orderSend, { order_id });
      },
      () => {
        give(kitchenSetStatus, {
          order_id,
          line_ids: [line_id],
          status: pick(2) === 0 ? 'ready' : 'served',
        });
      },
      () => {
        give(orderDiscount, { order_id, kind: 'percent', value: pick(10_000) + 1, reason });
      },
      () => {
        give(orderDiscount, { order_id, line_id, kind: 'amount', value: pick(200) + 1, reason });
      },
      () => {
        give(orderVoidLine, { order_id, line_id, reason });
      },
      () => {
        give(orderSplit, { order_id, lines: [{ line_id, qty: 1 }] });
      },
      () => {
        give(orderMerge, { order_id, into_order_id: one(tables.order_header.values()) });
      },
      () => {
        give(paymentAdd, {
          order_id,
          method: 'cash',
          amount: Math.max(1, due),
          tip: pick(50),
          tendered: Math.max(1, due) + 100,
        });
        if (pick(2) === 0) give(orderClose, { order_id });
      },
      () => {
        give(paymentAdd, { order_id, method: 'card', amount: Math.max(1, pick(Math.max(1, due))) });
      },
      () => {
        give(paymentRefund, {
          payment_id: one(tables.order_payment.values()),
          amount: pick(300) + 1,
          reason,
        });
      },
      () => {
        give(orderClose, { order_id });
      },
      () => {
        give(orderReopen, { order_id, reason });
      },
      () => {
        if (pick(4) === 0) give(orderVoid, { order_id, reason });
      },
      () => {
        give(cashPaidIn, { shift_id: till.branch.shift?.id, amount: pick(900) + 1, reason });
      },
      () => {
        if (pick(4) > 0) return;
        give(shiftClose, {
          shift_id: till.branch.shift?.id,
          counted_cash: 10_000,
          carry_over: true,
        });
        give(shiftOpen, { opening_float: 10_000 });
      },
    ];
    steps[pick(steps.length)]?.();
  }
  return stored;
}

for (const seed of SEEDS) {
  for (const mode of MODES) {
    test(`S-VER-26 I6 what the domain decides verifies clean (seed ${String(seed)}, tax ${mode})`, async () => {
      const till = awkwardTill(mode);
      const { path, remove } = freshDirectory();
      const store = await openSqlite(path);
      await store.load();
      const seeded = ['branch', 'station', 'menu_item', 'staff', 'pos_shift'].flatMap((name) => {
        const table = TABLE_NAMES.find((known) => known === name) ?? 'branch';
        return [...till.branch.tables[table].values()].map((row) => inserted(table, row));
      });
      await commit(store, request('main', seeded, { key: null }));
      const stored = evening(till, numbers(seed));
      const outcomes = await Promise.all(
        stored.map(({ changeSet, ...more }, index) =>
          commit(store, request('main', changeSet, { key: String(index), ...more })),
        ),
      );
      expect(outcomes.filter(({ kind }) => kind !== 'committed')).toEqual([]);
      await store.close();
      const report = await verifyDatabase({ file: join(path, DATABASE_NAME) });
      remove();
      expect(report).toMatchObject({ clean: true, difference: null });
      expect(report.events).toBeGreaterThan(60);
    });
  }
}
