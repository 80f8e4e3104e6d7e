import { describe, expect, it } from 'vitest';
import type { ViewRow } from '../../../src/protocol/messages.js';
import { ageOf, boardLines } from '../../../src/server/cli/watch/board.js';
import { statusLine } from '../../../src/server/cli/watch/status-line.js';
import { fitInto, terminalSize } from '../../../src/server/cli/watch/terminal-size.js';

const NOW = 10_000_000;

function tables(content: Record<string, ViewRow[]>): Map<string, Map<string, ViewRow>> {
  return new Map(
    Object.entries(content).map(([name, rows]) => [
      name,
      new Map(rows.map((row) => [row.id, row])),
    ]),
  );
}

function ticket(id: string, more: Record<string, unknown>): ViewRow {
  return { id, version: 1, number: 7, status: 'preparing', order_type: 'takeaway', ...more };
}

describe('board', () => {
  it('W-BOARD-1 a ticket shows number, place, age, status, lines, modifiers, notes, allergens and marks', () => {
    const board = boardLines(
      tables({
        order_header: [
          ticket('o1', {
            order_type: 'dine_in',
            table_no: '12',
            guests: 3,
            note: 'in a hurry',
            priority: 0,
            opened_at: 0,
            sent_at: NOW - 65 * 60_000,
          }),
        ],
        order_line: [
          { id: 'l2', version: 1, order_id: 'o1', seq: 2, qty: 1, name: 'Soup', status: 'queued' },
          {
            id: 'l1',
            version: 1,
            order_id: 'o1',
            seq: 1,
            qty: 2,
            name: 'Burger',
            status: 'ready',
            mark: 'changed',
            course: 2,
            modifiers: [{ id: 'm', name: 'no onion' }],
            note: 'well done',
            allergens: ['gluten', 'milk'],
          },
        ],
      }),
      { view: 'kitchen', now: NOW, width: 200 },
    );
    expect(board).toEqual([
      '#7  table 12, 3 guests  1 h 05 min  PREPARING',
      '   note: in a hurry',
      '     2 x Burger  [ready]  course 2  ** CHANGED **',
      '         + no onion',
      '         "well done"',
      '         !! ALLERGENS: gluten, milk',
      '     1 x Soup  [queued]',
      '',
    ]);
  });

  it('W-BOARD-2 rushed tickets come first, then the oldest; an age is never negative', () => {
    const board = boardLines(
      tables({
        order_header: [
          ticket('o1', { number: 1, sent_at: 500, priority: 0 }),
          ticket('o2', { number: 2, sent_at: 100, priority: 0 }),
          ticket('o3', { number: 3, sent_at: 900, priority: 1 }),
        ],
      }),
      { view: 'kitchen', now: NOW, width: 200 },
    );
    expect(board.filter((line) => line !== '').map((line) => line.slice(0, 2))).toEqual([
      '#3',
      '#2',
      '#1',
    ]);
    expect(ageOf(NOW + 90_000, NOW)).toBe('0 min');
    expect(boardLines(new Map(), { view: 'kitchen', now: NOW, width: 80 })).toEqual([
      'No tickets.',
    ]);
  });

  it('W-BOARD-3 other views are tables that fit the width', () => {
    const board = boardLines(
      tables({
        order_header: [{ id: 'o1', version: 3, number: 7, status: 'ready', total: 1_250 }],
        order_line: [],
      }),
      { view: 'orders', now: NOW, width: 24 },
    );
    expect(board).toEqual([
      'order_header: 1',
      '  number  status  total',
      '  7       ready   1250',
      '',
      'order_line: 0',
      '',
    ]);
  });

  it('W-BOARD-4 a board that is out of touch says STALE and why (I10)', () => {
    const contact = { heardAgeMs: 3_400, clockOffsetMs: 0 };
    const connecting = { ...contact, kind: 'connecting', attempt: 0 } as const;
    const line = { channel: 'main/kitchen', silentMs: 3_400, client: connecting } as const;
    expect(statusLine({ ...line, state: 'live' })).toBe('main/kitchen  last heard 3 s ago');
    expect(statusLine({ ...line, state: 'lagging' })).toContain('catching up');
    expect(statusLine({ ...line, silentMs: null, state: 'stale' })).toBe(
      '*** STALE ***  main/kitchen  never heard  connecting',
    );
    const away = { kind: 'offline', attempt: 2, nextTryInMs: 1_500, reason: '1006' } as const;
    expect(statusLine({ ...line, state: 'stale', client: { ...contact, ...away } })).toContain(
      'not connected (1006), next try within 2 s',
    );
  });
});

describe('terminal', () => {
  it('W-BOARD-5 what does not fit is said; a terminal without a size still shows the board', () => {
    const board = ['#1', '#2', '#3'];
    expect(fitInto(board, 3)).toEqual(board);
    expect(fitInto(board, 2)).toEqual(['#1', '  ... and more']);
    expect(terminalSize({ columns: 0, rows: 0 })).toEqual({ columns: 80, rows: 24 });
    expect(terminalSize({})).toEqual({ columns: 80, rows: 24 });
    expect(terminalSize({ columns: 120, rows: 50 })).toEqual({ columns: 120, rows: 50 });
  });
});
