/** Which conflicts a client settles by itself. */
import { describe, expect, it } from 'vitest';
import {
  afterConflict,
  alreadyDone,
  INTENTS,
  mayRetry,
  seenBy,
  type IntendedCommand,
  type IntentName,
} from '../../../src/client/prediction/intents.js';
import { Tables } from '../../../src/client/replica/tables.js';
import { COMMANDS } from '../../../src/domain/registry.js';

const HEADER = {
  id: 'o',
  version: 1,
  status: 'open',
  table_no: '4',
  guests: 2,
  note: null,
  subtotal: 900,
  discount: 0,
  total: 900,
};
const LINE = {
  id: 'l',
  version: 1,
  order_id: 'o',
  status: 'queued',
  mark: 'changed',
  qty: 1,
  note: null,
  seat: 1,
  course: 1,
  discount: 0,
  total: 900,
  modifiers: [{ id: 'cheese', name: 'Cheese', price: 1 }],
};
const ITEM = { id: 'i', version: 1, name: 'Pie', available: true, remaining: 3, price: 900 };
const ROWS = { order_header: HEADER, order_line: LINE, menu_item: ITEM } as const;

const ORDER = { order_id: 'o' };
const OF_LINE = { ...ORDER, line_id: 'l' };
const OF_LINES = { ...ORDER, line_ids: ['l'] };
const OFF = { kind: 'percent', value: 1_000, reason: 'regular' } as const;
const REASON = { reason: 'walked out' };

type Case = readonly [
  name: IntentName,
  payload: object,
  table: keyof typeof ROWS,
  harmless: object | null,
  harmful: readonly object[],
];

/** Changes of the record by others: one after which the command still means the same, and those after which it does not. */
const CASES: readonly Case[] = [
  ['order.update', { ...ORDER, guests: 4 }, 'order_header', { note: 'x' }, [{ guests: 3 }]],
  [
    'order.transfer',
    { ...ORDER, table_no: '7' },
    'order_header',
    { guests: 3 },
    [{ table_no: '5' }],
  ],
  [
    'order.update_line',
    { ...OF_LINE, note: 'hot' },
    'order_line',
    { status: 'ready' },
    [{ note: 'x' }],
  ],
  [
    'order.void_line',
    { ...OF_LINE, ...REASON },
    'order_line',
    { note: 'x' },
    [{ status: 'ready' }, { qty: 2 }],
  ],
  [
    'order.discount',
    { ...ORDER, ...OFF },
    'order_header',
    { note: 'x' },
    [{ subtotal: 1 }, { total: 1 }],
  ],
  [
    'order.discount',
    { ...OF_LINE, ...OFF },
    'order_line',
    { mark: null },
    [{ qty: 2 }, { discount: 1 }],
  ],
  ['order.close', ORDER, 'order_header', { total: 1, note: 'x' }, []],
  [
    'kitchen.set_status',
    { ...OF_LINES, status: 'preparing' },
    'order_line',
    { total: 1 },
    [{ mark: 'moved' }, { qty: 2 }, { status: 'voided' }],
  ],
  [
    'kitchen.clear',
    OF_LINES,
    'order_line',
    { status: 'ready' },
    [{ mark: 'voided' }, { note: 'x' }, { seat: 2 }, { course: 2 }],
  ],
  [
    'menu.set_availability',
    { item_id: 'i', available: false },
    'menu_item',
    { remaining: 1 },
    [{ available: null }],
  ],
  [
    'menu.set_availability',
    { item_id: 'i', available: true, remaining: 9 },
    'menu_item',
    { price: 1 },
    [{ remaining: 1 }],
  ],
  ['order.reopen', { ...ORDER, ...REASON }, 'order_header', null, [{ note: 'x' }]],
  ['order.void', { ...ORDER, ...REASON }, 'order_header', null, [{ note: 'x' }]],
  ['order.split', { ...ORDER, lines: [{ line_id: 'l' }] }, 'order_header', null, [{ note: 'x' }]],
  ['order.merge', { ...ORDER, into_order_id: 'p' }, 'order_header', null, [{ note: 'x' }]],
  ['menu.put_item', { id: 'i', price: 5 }, 'menu_item', null, [{ name: 'x' }]],
];

function changed(table: keyof typeof ROWS, columns: object) {
  const row = ROWS[table];
  const records = (more: object) => ({ [table]: { [row.id]: { ...row, ...more } } });
  return { seen: records({}), current: records({ ...columns, version: 2 }) };
}

describe('intents', () => {
  it('C-INT-1 every command that must name versions says what it depends on', () => {
    const expecting = Object.values(COMMANDS).filter(({ expects }) => expects !== undefined);
    const named = expecting.map(({ name }) => name);
    expect(Object.keys(INTENTS).sort()).toEqual([...named, 'menu.set_availability'].sort());
  });

  it.each(CASES)('C-INT-2 %s %j is sent again only where its columns stand', (...one) => {
    const [name, payload, table, harmless, harmful] = one;
    const command = { name, payload } as unknown as IntendedCommand;
    const after = (columns: object): boolean => {
      const { seen, current } = changed(table, columns);
      return mayRetry(command, seen, current);
    };
    if (harmless !== null) expect(after(harmless)).toBe(true);
    for (const columns of harmful) expect(after(columns), JSON.stringify(columns)).toBe(false);
  });

  it('C-INT-2 a record that was not seen, or that the command need not name, is never retried over', () => {
    const command = { name: 'order.close', payload: ORDER } as const;
    const { seen, current } = changed('order_header', { note: 'x' });
    expect(mayRetry(command, seen, current)).toBe(true);
    expect(mayRetry(command, {}, current)).toBe(false);
    expect(mayRetry(command, seen, {})).toBe(false);
    const line = changed('order_line', { note: 'x' });
    expect(mayRetry(command, { ...seen, ...line.seen }, { ...current, ...line.current })).toBe(
      false,
    );
  });

  it('C-INT-3 what somebody else has done already needs no sending, also where they went further', () => {
    const done = (command: IntendedCommand, columns: object): boolean => {
      const table = command.name.startsWith('order.close') ? 'order_header' : 'order_line';
      const { seen, current } = changed(table, columns);
      return alreadyDone(command, seen, current);
    };
    const bump = { name: 'kitchen.set_status', payload: { ...OF_LINES, status: 'ready' } } as const;
    expect(done(bump, { status: 'ready' })).toBe(true);
    expect(done(bump, { status: 'served' })).toBe(true);
    expect(done(bump, { status: 'preparing' })).toBe(false);
    expect(done(bump, { status: 'voided' })).toBe(false);
    expect(done({ name: 'kitchen.clear', payload: OF_LINES }, { mark: null })).toBe(true);
    const take = { name: 'order.void_line', payload: { ...OF_LINE, ...REASON } } as const;
    expect(done(take, { status: 'voided' })).toBe(true);
    const cheese = {
      name: 'order.update_line',
      payload: { ...OF_LINE, modifiers: ['cheese'] },
    } as const;
    expect(done(cheese, { seat: 2 })).toBe(true);
    expect(done({ name: 'order.close', payload: ORDER }, { status: 'closed' })).toBe(true);
    const recall = { seen: { order_line: { l: { ...LINE, status: 'served' } } }, current: {} };
    expect(alreadyDone(bump, recall.seen, recall.current)).toBe(false);
  });

  it('C-INT-4 what was seen is taken from the screen, and from the conflict for the next attempt', () => {
    const screen = new Tables();
    expect(seenBy(screen, 'order.close', ORDER)).toBe(null);
    screen.set('order_header', 'o', HEADER);
    const seen = seenBy(screen, 'order.close', ORDER);
    expect(seen).toEqual({
      expect: { order_header: { o: 1 } },
      rows: { order_header: { o: HEADER } },
    });
    expect(seenBy(screen, 'menu.set_availability', { item_id: 'i', available: true })).toEqual({
      expect: {},
      rows: {},
    });
    const { current } = changed('order_header', { note: 'x' });
    const next = seen === null ? null : afterConflict(seen, current);
    expect(next).toEqual({ expect: { order_header: { o: 2 } }, rows: current });
  });
});
