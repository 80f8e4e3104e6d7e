import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { ColumnOf, Replica, RowChange } from '../../src/client/index.js';
import { applyMessage, replicaOf } from '../../src/protocol/apply.js';
import type { Changes, SnapshotMessage, ViewRow } from '../../src/protocol/messages.js';
import { scene, type HandConnection } from './support.js';

const LINES = [
  { id: 'l1', version: 1, order_id: 'o1', status: 'queued', allergens: ['nuts'] },
  { id: 'l2', version: 1, order_id: 'o1', status: 'ready', allergens: [] },
  { id: 'l3', version: 1, order_id: 'o2', status: 'queued', allergens: ['nuts', 'milk'] },
];

interface Kitchen {
  readonly replica: Replica;
  readonly connection: HandConnection;
  /** Says the next delta. */
  change(changes: Changes): void;
}

/** A client that holds three lines of the kitchen, at version 5. */
function kitchen(): Kitchen {
  const stage = scene();
  const connection = stage.connection();
  connection.welcome();
  const replica = stage.client.subscribe('main/kitchen');
  connection.snapshot(5, LINES);
  const change = (changes: Changes): void => {
    const { version } = replica;
    connection.say({
      type: 'delta',
      channel: 'main/kitchen',
      baseVersion: version,
      newVersion: version + 1,
      changes,
    });
  };
  return { replica, connection, change };
}

function status(id: string, version: number, to: string): Changes {
  return { order_line: { updated: [{ id, version, changes: { status: to } }] } };
}

describe('reading a replica', () => {
  it('C-REP-12 rows are found by table, by id and by column, also by an entry of a list', () => {
    const { replica, change } = kitchen();
    expect([...replica.where('order_line', 'order_id', 'o1').keys()]).toEqual(['l1', 'l2']);
    expect([...replica.where('order_line', 'allergens', 'nuts').keys()]).toEqual(['l1', 'l3']);
    change({
      order_line: {
        inserted: [{ id: 'l4', version: 1, order_id: 'o1' }],
        updated: [{ id: 'l3', version: 2, changes: { order_id: 'o1', allergens: ['milk'] } }],
        deleted: ['l1'],
      },
    });
    expect([...replica.where('order_line', 'order_id', 'o1').keys()]).toEqual(['l2', 'l4', 'l3']);
    expect(replica.where('order_line', 'order_id', 'o2').size).toBe(0);
    expect(replica.where('order_line', 'allergens', 'nuts').size).toBe(0);
    expect(replica.row('order_line', 'l3')?.allergens).toEqual(['milk']);
    expect(replica.table('order_line')).toBe(replica.tables.get('order_line'));
    expect(replica.table('menu_item').size).toBe(0);
  });

  it('C-REP-13 rows have the columns of their table, each of them maybe hidden', () => {
    const { replica } = kitchen();
    const line = replica.row('order_line', 'l1');
    if (line === undefined) throw new Error('the line is held');
    expectTypeOf(line.qty).toEqualTypeOf<number | undefined>();
    expectTypeOf(line.version).toEqualTypeOf<number>();
    expectTypeOf(replica.row('of a later hub', 'x')).toEqualTypeOf<ViewRow | undefined>();
    expectTypeOf<'seat'>().toExtend<ColumnOf<'order_line'>>();
    expectTypeOf<'colour'>().not.toExtend<ColumnOf<'order_line'>>();
  });

  it('C-REP-14 a row that changes is replaced, and each delta tells its rows once', () => {
    const { replica, change } = kitchen();
    const told: (readonly RowChange[])[] = [];
    replica.onRows((changes) => told.push(changes));
    const before = replica.row('order_line', 'l1');
    change({
      order_line: {
        inserted: [{ id: 'l4', version: 1 }],
        updated: [{ id: 'l1', version: 2, changes: { status: 'ready' } }],
        deleted: ['l2', 'never held'],
      },
    });
    expect(before).toEqual(LINES[0]);
    const table = 'order_line';
    const after = { ...LINES[0], version: 2, status: 'ready' };
    expect(told).toEqual([
      [
        { table, id: 'l4', before: null, after: { id: 'l4', version: 1 } },
        { table, id: 'l1', before, after },
        { table, id: 'l2', before: LINES[1], after: null },
      ],
    ]);
  });

  it('C-REP-15 a delta of which one update does not fit changes nothing at all', () => {
    const { replica, connection, change } = kitchen();
    const told: unknown[] = [];
    replica.onRows((changes) => told.push(changes));
    const rows = new Map(replica.table('order_line'));
    change({
      order_line: {
        inserted: [{ id: 'l4', version: 1, order_id: 'o1' }],
        updated: [{ id: 'not held', version: 2, changes: {} }],
        deleted: ['l1'],
      },
    });
    expect(told).toEqual([]);
    expect(replica).toMatchObject({ version: 5, state: 'lagging' });
    expect(replica.table('order_line')).toEqual(rows);
    expect([...replica.where('order_line', 'order_id', 'o1').keys()]).toEqual(['l1', 'l2']);
    expect(connection.last('subscribe').since).toEqual({ epoch: 'e1', version: 5 });
  });

  it('C-REP-16 a snapshot tells only of rows that differ; equal ones stay the ones they were', () => {
    const { replica, connection } = kitchen();
    const held = replica.row('order_line', 'l1');
    const told: RowChange[] = [];
    replica.onRows((changes) => told.push(...changes));
    connection.snapshot(9, structuredClone(LINES));
    expect(told).toEqual([]);
    const [l1, , l3] = structuredClone(LINES);
    if (l1 === undefined || l3 === undefined) throw new Error('there are three');
    connection.snapshot(9, [l1, { ...l3, status: 'served' }]);
    expect(told.map(({ id, after }) => [id, after?.version])).toEqual([
      ['l2', undefined],
      ['l3', 1],
    ]);
    expect(replica.row('order_line', 'l1')).toBe(held);
  });

  it('C-REP-17 rows changed in place are the rows that the rule of deltas gives', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd');
    const row = fc.record({ id, version: fc.integer({ min: 1, max: 9 }), order_id: id });
    const update = fc.record({
      id,
      version: fc.integer({ min: 1, max: 9 }),
      changes: fc.record({ order_id: id }),
    });
    const changes = fc.record({
      inserted: fc.array(row, { maxLength: 2 }),
      updated: fc.array(update, { maxLength: 2 }),
      deleted: fc.array(id, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), changes), { maxLength: 12 }), (steps) => {
        const { replica, connection, change } = kitchen();
        const head = { type: 'snapshot', channel: '', view: 'kitchen', branchId: 'main' } as const;
        const snapshot = (version: number, rows: readonly ViewRow[]): SnapshotMessage => {
          return { ...head, epoch: 'e1', version, serverTime: 0, tables: { order_line: rows } };
        };
        let model = replicaOf(snapshot(5, LINES));
        for (const [isDelta, step] of steps) {
          const { version } = model;
          if (isDelta) {
            change({ order_line: step });
            const applied = applyMessage(model, {
              type: 'delta',
              channel: '',
              baseVersion: version,
              newVersion: version + 1,
              changes: { order_line: step },
            });
            if (applied.kind === 'applied') model = applied.replica;
          } else {
            connection.snapshot(version + 1, step.inserted);
            model = replicaOf(snapshot(version + 1, step.inserted));
          }
          expect(replica.version).toBe(model.version);
          expect(replica.tables).toEqual(model.tables);
          for (const value of ['a', 'b', 'c', 'd', 'o1']) {
            const rows = [...(model.tables.get('order_line') ?? [])];
            expect(replica.where('order_line', 'order_id', value)).toEqual(
              new Map(rows.filter(([, { order_id: of }]) => of === value)),
            );
          }
        }
      }),
    );
  });
});

describe('a selection', () => {
  it('C-SEL-1 is worked out at most once a delta, and unheard only when it is read', () => {
    const { replica, change } = kitchen();
    let runs = 0;
    const ready = replica.select((rows) => {
      runs += 1;
      return rows.where('order_line', 'status', 'ready').size;
    });
    expect(runs).toBe(0);
    expect([ready.value, ready.value, runs]).toEqual([1, 1, 1]);
    change(status('l1', 2, 'ready'));
    change(status('l3', 2, 'ready'));
    expect(runs).toBe(1);
    expect([ready.value, runs]).toEqual([3, 2]);
    ready.onChange(() => expect(ready.value).toBe(2));
    ready.onChange(() => expect(ready.value).toBe(2));
    change(status('l1', 3, 'served'));
    expect(runs).toBe(3);
  });

  it('C-SEL-2 tells once per delta and only of another value', () => {
    const { replica, connection, change } = kitchen();
    const told: number[] = [];
    const queued = replica.select((rows) => rows.where('order_line', 'status', 'queued').size);
    queued.onChange((value) => told.push(value));
    change(status('l2', 2, 'served'));
    expect(told).toEqual([]);
    change({
      order_line: {
        inserted: [{ id: 'l4', version: 1, status: 'queued' }],
        updated: [{ id: 'l2', version: 3, changes: { status: 'queued' } }],
      },
    });
    expect(told).toEqual([4]);
    connection.snapshot(9, LINES.slice(0, 1));
    expect(told).toEqual([4, 1]);
  });

  it('C-SEL-3 lists, maps, sets and plain objects of the same rows are the same value', () => {
    const { replica, change } = kitchen();
    const told: string[] = [];
    const lines = () => [...replica.where('order_line', 'order_id', 'o1').values()];
    const selectors: Record<string, () => unknown> = {
      map: () => replica.where('order_line', 'order_id', 'o1'),
      list: lines,
      set: () => new Set(lines()),
      object: () => ({ first: lines()[0], count: lines().length }),
      fresh: () => ({ inside: {} }),
    };
    for (const [name, selector] of Object.entries(selectors)) {
      replica.select(selector).onChange(() => told.push(name));
    }
    change(status('l3', 2, 'ready'));
    expect(told).toEqual(['fresh']);
    change(status('l1', 2, 'ready'));
    expect(told.slice(1)).toEqual(['map', 'list', 'set', 'object', 'fresh']);
    const even = replica.select((rows) => rows.table('order_line').size, {
      equal: (one, other) => one % 2 === other % 2,
    });
    even.onChange(() => told.push('even'));
    change({ order_line: { deleted: ['l1', 'l2'] } });
    expect(told).not.toContain('even');
    change({ order_line: { deleted: ['l3'] } });
    expect(told.at(-1)).toBe('even');
  });

  it('C-SEL-4 a value stays as it was given, also a whole table and rows found by a column', () => {
    const { replica, change } = kitchen();
    const all = replica.select((rows) => rows.table('order_line'));
    const ofOrder = replica.select((rows) => rows.where('order_line', 'order_id', 'o1'));
    const before = [all.value, ofOrder.value];
    change({ order_line: { deleted: ['l1'] } });
    expect(before.map(({ size }) => size)).toEqual([3, 2]);
    expect([all.value, ofOrder.value].map(({ size }) => size)).toEqual([2, 1]);
    expect(all.value).toBe(all.value);
  });

  it('C-SEL-5 who stops hearing, or closes it, is told nothing more', () => {
    const { replica, change } = kitchen();
    let runs = 0;
    let told = 0;
    const selection = replica.select((rows) => {
      runs += 1;
      return rows.row('order_line', 'l1')?.status;
    });
    const stop = selection.onChange(() => (told += 1));
    change(status('l1', 2, 'ready'));
    stop();
    change(status('l1', 3, 'served'));
    selection.onChange(() => (told += 1));
    change(status('l1', 4, 'voided'));
    selection.close();
    change(status('l1', 5, 'new'));
    expect([told, runs]).toEqual([2, 4]);
    expect(selection.value).toBe('new');
  });
});
