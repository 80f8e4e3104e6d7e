import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChangeSet } from '../../../src/domain/change-set.js';
import type { OrderAggregate } from '../../../src/domain/rows.js';
import { HotBranch } from '../../../src/store/hot/hot-branch.js';
import type { LoadedRow } from '../../../src/store/port.js';
import { branchRow } from '../../support/store-rows.js';
import { NaiveBranch, type Written } from './naive-branch.js';

type Step = (naive: NaiveBranch) => ChangeSet;

const ORDER = fc.constantFrom('o1', 'o2', 'o3', 'o4');
const LINE = fc.tuple(ORDER, fc.constantFrom('1', '2')).map((parts) => parts.join('-'));
const TABLE = fc.constantFrom('7', '8', null);
const LINE_STATUS = fc.constantFrom('queued', 'preparing', 'ready', 'served', 'voided' as const);
const STATUS = fc.constantFrom('open', 'preparing', 'ready', 'closed', 'voided' as const);

function step(): fc.Arbitrary<Step> {
  return fc.oneof(
    fc.constant<Step>((naive) => naive.openShift()),
    fc.constant<Step>((naive) => naive.closeShift()),
    fc.tuple(ORDER, TABLE).map(
      ([id, table]): Step =>
        (naive) =>
          naive.openOrder(id, table),
    ),
    fc.tuple(LINE, LINE_STATUS).map(
      ([id, status]): Step =>
        (naive) =>
          naive.setLine(id, status),
    ),
    fc.tuple(ORDER, STATUS, TABLE).map(
      ([id, status, table]): Step =>
        (naive) =>
          naive.setHeader(id, status, table),
    ),
    ORDER.map(
      (id): Step =>
        (naive) =>
          naive.pay(id),
    ),
    fc.tuple(LINE, ORDER).map(
      ([line, id]): Step =>
        (naive) =>
          naive.moveLine(line, id),
    ),
  );
}

/** Long enough that orders go cold and come back. */
const STEPS = fc.array(step(), { maxLength: 60, size: 'max' });

const RUNS = { seed: 33, numRuns: 150 };

function emptyBranch(): HotBranch {
  const branch = branchRow({ id: 'main' });
  return new HotBranch({ branch, version: 0, horizon: 0, rows: [] });
}

/** The cold orders that a change set touches, as the hub would have read them. */
function coldOf(changeSet: ChangeSet, naive: NaiveBranch, hot: HotBranch): OrderAggregate[] {
  const touched = new Set<string>();
  for (const { table, after } of changeSet) {
    if (table === 'order_header') touched.add(after.id);
  }
  return [...touched]
    .filter((id) => !hot.orders.has(id))
    .map((id) => naive.order(id))
    .filter((order) => order !== null);
}

/** Plays the steps on both; `check` runs after each commit. */
function play(
  steps: readonly Step[],
  check: (hot: HotBranch, naive: NaiveBranch) => void = () => {},
): { readonly hot: HotBranch; readonly naive: NaiveBranch } {
  const naive = new NaiveBranch();
  const hot = emptyBranch();
  for (const next of [(branch: NaiveBranch) => branch.openShift(), ...steps]) {
    const changeSet = next(naive);
    if (changeSet.length === 0) continue;
    const cold = coldOf(changeSet, naive, hot);
    naive.apply(changeSet);
    hot.apply(changeSet, naive.version, cold);
    check(hot, naive);
  }
  return { hot, naive };
}

function idsWhere(naive: NaiveBranch, wanted: (order: OrderAggregate) => boolean): Set<string> {
  const found = [...naive.hotOrders().values()].filter(wanted);
  return new Set(found.map(({ header }) => header.id));
}

function sameIndexes(hot: HotBranch, naive: NaiveBranch): void {
  for (const status of ['open', 'preparing', 'ready', 'closed', 'voided'] as const) {
    const expected = idsWhere(naive, ({ header }) => header.status === status);
    expect(new Set(hot.orders.withStatus(status)), status).toEqual(expected);
  }
  for (const station of ['grill', 'fry', 'bar']) {
    const expected = idsWhere(naive, ({ header }) => header.stations.includes(station));
    expect(new Set(hot.orders.atStation(station)), station).toEqual(expected);
  }
  for (const table of ['7', '8', '9']) {
    const expected = idsWhere(naive, ({ header }) => header.table_no === table);
    expect(new Set(hot.orders.atTable(table)), table).toEqual(expected);
  }
  const inKitchen = idsWhere(naive, ({ header }) => header.stations.length > 0);
  expect(new Set(hot.orders.inKitchen())).toEqual(inKitchen);
}

function writtenAfter<Row extends { readonly id: string }>(
  rows: ReadonlyMap<string, Written<Row>>,
  version: number,
  isHot: (row: Row) => boolean,
): Set<string> {
  const found = [...rows.values()].filter((held) => held.version > version && isHot(held.row));
  return new Set(found.map(({ row }) => row.id));
}

describe('a branch in memory', () => {
  it('S-HOT-3 holds exactly the orders of the open shift, the unfinished and those in the kitchen, whole', () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        play(steps, (hot, naive) => {
          const expected = naive.hotOrders();
          expect(new Set(Array.from(hot.orders.values(), ({ header }) => header.id))).toEqual(
            new Set(expected.keys()),
          );
          for (const [id, { header, lines }] of expected) {
            expect(hot.orders.get(id)?.header).toEqual(header);
            expect(hot.orders.get(id)?.lines).toEqual(lines);
            expect(new Set(hot.orders.get(id)?.payments)).toEqual(
              new Set(naive.order(id)?.payments),
            );
          }
          expect(hot.tables.order_header.size).toBe(expected.size);
          expect(hot.version).toBe(naive.version);
          expect(hot.shift).toEqual(naive.shift);
        });
      }),
      RUNS,
    );
  });

  it('S-HOT-4 keeps its indexes by status, station and table as the rows are', () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        play(steps, sameIndexes);
      }),
      RUNS,
    );
  });

  it('S-HOT-5 keeps payments of the open shift though their order is cold, and no others of cold orders', () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        play(steps, (hot, naive) => {
          const expected = [...naive.payments.values()]
            .map(({ row }) => row)
            .filter((row) => row.shift_id === naive.shift?.id || hot.orders.has(row.order_id));
          expect(new Set(hot.tables.order_payment.values())).toEqual(new Set(expected));
        });
      }),
      RUNS,
    );
  });

  it('S-HOT-6 from its horizon on, tells exactly what was written after any version', () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        const { hot, naive } = play(steps);
        for (let version = hot.horizon; version <= naive.version; version += 1) {
          const ids = (rows: Iterable<{ readonly id: string }>) =>
            new Set(Array.from(rows, ({ id }) => id));
          expect(ids(hot.tables.order_header.writtenSince(version))).toEqual(
            writtenAfter(naive.headers, version, ({ id }) => hot.orders.has(id)),
          );
          expect(ids(hot.tables.order_line.writtenSince(version))).toEqual(
            writtenAfter(naive.lines, version, ({ order_id: of }) => hot.orders.has(of)),
          );
        }
      }),
      RUNS,
    );
  });

  it('S-HOT-7 raises its horizon when, and only when, an order leaves or a shift opens or ends', () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        let before = { orders: new Set<string>(), shift: '', horizon: 0 };
        play(steps, (hot, naive) => {
          const orders = new Set(naive.hotOrders().keys());
          const shift = naive.shift?.id ?? '';
          const left = [...before.orders].some((id) => !orders.has(id));
          const raised = left || shift !== before.shift;
          expect(hot.horizon).toBe(raised ? naive.version : before.horizon);
          before = { orders, shift, horizon: hot.horizon };
        });
      }),
      RUNS,
    );
  });

  it('S-HOT-8 loaded from what a store holds it is the branch that wrote it', () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        const { hot, naive } = play(steps);
        const rows: LoadedRow[] = [];
        for (const { row, version } of naive.headers.values()) {
          if (hot.orders.has(row.id)) {
            rows.push({ table: 'order_header', row, commitVersion: version });
          }
        }
        for (const { row, version } of naive.lines.values()) {
          if (hot.orders.has(row.order_id)) {
            rows.push({ table: 'order_line', row, commitVersion: version });
          }
        }
        if (naive.shift !== null) {
          rows.push({ table: 'pos_shift', row: naive.shift, commitVersion: 1 });
        }
        rows.sort((one, other) => one.commitVersion - other.commitVersion);
        const branch = branchRow({ id: 'main' });
        const { version, horizon } = hot;
        const loaded = new HotBranch({ branch, version, horizon, rows });
        sameIndexes(loaded, naive);
        for (const { header, lines } of hot.orders.values()) {
          expect(loaded.orders.get(header.id)).toMatchObject({ header, lines });
        }
      }),
      RUNS,
    );
  });

  it('S-HOT-9 a commit out of order is a bug, and is not taken in', () => {
    const hot = emptyBranch();
    const opened = new NaiveBranch().openShift();
    expect(() => {
      hot.apply(opened, 2, []);
    }).toThrow('commit 2 after 0');
    expect([hot.version, hot.shift]).toEqual([0, null]);
  });

  it('S-HOT-10 an aggregate that somebody holds stays as it was when it changes', () => {
    const { hot, naive } = play([(branch) => branch.openOrder('o1', '7')]);
    const held = hot.orders.get('o1');
    const before = structuredClone(held);
    const changeSet = naive.setLine('o1-1', 'queued');
    naive.apply(changeSet);
    hot.apply(changeSet, naive.version, []);
    expect(held).toEqual(before);
    expect(hot.orders.get('o1')?.lines[0]?.status).toBe('queued');
  });
});
