import { describe, expect, it } from 'vitest';
import { orderSend } from '../../../src/domain/commands/order-send.js';
import { orderUpdateLine } from '../../../src/domain/commands/order-update-line.js';
import { orderVoidLine } from '../../../src/domain/commands/order-void-line.js';
import { publicRow } from '../../../src/domain/public-row.js';
import { outcome } from '../../support/domain.js';
import { makeItem, NOON } from '../../support/rows.js';
import { detailsOf, Till } from '../till.js';

describe('order.update_line', () => {
  it('D-LINE-1 before it is sent everything about a line may change', () => {
    const till = new Till();
    const egg = { id: 'egg', name: 'Egg', price: 150, available: true };
    till.branch.put(
      'menu_item',
      makeItem({
        remaining: 5,
        modifier_groups: [{ id: 'extras', name: 'Extras', min: 0, max: 1, options: [egg] }],
      }),
    );
    till.open('a', ['steak']);
    const line = { order_id: 'a', line_id: 'a-1' };
    till.done(orderUpdateLine, { ...line, qty: 3, modifiers: ['egg'], note: 'rare', course: 2 });
    expect(till.line('a-1')).toMatchObject({ qty: 3, total: 3_450, note: 'rare', mark: null });
    expect(till.header('a').total).toBe(3_450);
    expect(till.branch.row('menu_item', 'steak').remaining).toBe(2);
    till.done(orderUpdateLine, { ...line, qty: 1, note: null });
    expect(till.branch.row('menu_item', 'steak').remaining).toBe(4);
    expect(outcome(till.give(orderUpdateLine, { ...line, qty: 6 }))).toBe('item_unavailable');
    const twice = till.give(orderUpdateLine, { ...line, modifiers: ['egg', 'egg'] });
    expect(detailsOf(twice)).toMatchObject([{ path: '/modifiers' }]);
    expect(outcome(till.give(orderUpdateLine, { ...line, qty: 1 }))).toBe('unchanged');
  });

  it('D-LINE-2 once sent, note, seat and course change and are marked for the station', () => {
    const till = new Till();
    till.openSent('a', ['steak', 'water']);
    till.done(orderUpdateLine, { order_id: 'a', line_id: 'a-1', note: 'rare' });
    expect(till.line('a-1')).toMatchObject({ note: 'rare', mark: 'changed', status: 'queued' });
    till.done(orderUpdateLine, { order_id: 'a', line_id: 'a-2', seat: 3 });
    expect(till.line('a-2')).toMatchObject({ seat: 3, mark: null });
    const same = till.give(orderUpdateLine, {
      order_id: 'a',
      line_id: 'a-1',
      note: 'rare',
      qty: 1,
    });
    expect(outcome(same)).toBe('unchanged');
  });

  it('D-LINE-3 once sent, another quantity or other modifiers are invalid_state, and so is a voided line', () => {
    const till = new Till();
    till.openSent('a', ['steak']);
    const more = till.give(orderUpdateLine, { order_id: 'a', line_id: 'a-1', qty: 2 });
    expect(outcome(more)).toBe('invalid_state');
    expect(detailsOf(more)).toMatchObject({
      status: 'queued',
      columns: ['note', 'seat', 'course'],
    });
    till.done(orderVoidLine, { order_id: 'a', line_id: 'a-1', reason: 'gone' });
    const voided = till.give(orderUpdateLine, { order_id: 'a', line_id: 'a-1', note: 'rare' });
    expect(detailsOf(voided)).toMatchObject({ status: 'voided', legal: [] });
  });
});

describe('order.void_line', () => {
  it('D-LINE-4 a line never sent is a correction: voided without a mark, its portions given back', () => {
    const till = new Till();
    till.branch.put('menu_item', makeItem({ remaining: 5 }));
    till.open('a', ['steak', 'beer']);
    till.done(orderVoidLine, { order_id: 'a', line_id: 'a-1', reason: 'misheard' });
    expect(till.line('a-1')).toMatchObject({
      status: 'voided',
      sent_at: null,
      mark: null,
      void_reason: 'misheard',
      total: 0,
    });
    expect(till.header('a')).toMatchObject({ total: 500, stations: [] });
    expect(till.branch.row('menu_item', 'steak').remaining).toBe(5);
  });

  it('D-LINE-5 a line that a station has seen is marked voided, and stays on its screen; one without is not', () => {
    const till = new Till();
    till.branch.put('menu_item', makeItem({ remaining: 5 }));
    till.openSent('a', ['steak', 'water']);
    till.done(orderVoidLine, { order_id: 'a', line_id: 'a-1', reason: 'gone' });
    till.done(orderVoidLine, { order_id: 'a', line_id: 'a-2', reason: 'gone' });
    expect(till.line('a-1')).toMatchObject({ status: 'voided', mark: 'voided', sent_at: NOON });
    expect(till.line('a-2')).toMatchObject({ status: 'voided', mark: null });
    expect(till.header('a')).toMatchObject({ total: 0, stations: ['grill'] });
    expect(till.branch.row('menu_item', 'steak').remaining).toBe(4);
  });

  it('D-LINE-7 it keeps who voided it, and nobody is shown that', () => {
    const till = new Till();
    till.openSent('a', ['steak', 'beer']);
    expect(till.line('a-1').voided_by).toBeNull();
    till.give(orderVoidLine, { order_id: 'a', line_id: 'a-1', reason: 'gone' }, 'waiter');
    expect(till.line('a-1').voided_by).toBe('waiter-1');
    expect(publicRow('order_line', till.line('a-1'), 'admin')).not.toHaveProperty('voided_by');
  });

  it('D-LINE-6 a line is voided once', () => {
    const till = new Till();
    till.openSent('a', ['steak']);
    const payload = { order_id: 'a', line_id: 'a-1', reason: 'gone' };
    till.done(orderVoidLine, payload);
    expect(outcome(till.give(orderVoidLine, payload))).toBe('invalid_state');
    const unknown = till.give(orderVoidLine, { ...payload, line_id: 'a-9' });
    expect(outcome(unknown)).toBe('not_found');
  });
});

describe('order.send', () => {
  it('D-SEND-1 sends all new lines; one without a station is served at once', () => {
    const till = new Till();
    till.open('a', ['steak', 'water', { item_id: 'beer', qty: 1, hold: true }]);
    till.branch.now = NOON + 7;
    till.done(orderSend, { order_id: 'a' });
    expect(till.line('a-1')).toMatchObject({ status: 'queued', sent_at: NOON + 7 });
    expect(till.line('a-2')).toMatchObject({
      status: 'served',
      sent_at: NOON + 7,
      served_at: NOON + 7,
    });
    expect(till.line('a-3')).toMatchObject({ status: 'held', sent_at: null });
    expect(till.header('a')).toMatchObject({
      status: 'open',
      stations: ['grill'],
      sent_at: NOON + 7,
    });
  });

  it('D-SEND-2 naming lines, or a course, also fires held ones, and leaves the others', () => {
    const till = new Till();
    till.open('a', [
      'steak',
      { item_id: 'beer', qty: 1, hold: true },
      { item_id: 'steak', qty: 1, course: 2, hold: true },
      { item_id: 'steak', qty: 1, course: 2 },
    ]);
    const statuses = (): string[] => till.lines('a').map(({ status }) => status);
    till.done(orderSend, { order_id: 'a', line_ids: ['a-2', 'a-2'] });
    expect(statuses()).toEqual(['new', 'queued', 'held', 'new']);
    till.done(orderSend, { order_id: 'a', course: 2 });
    expect(statuses()).toEqual(['new', 'queued', 'queued', 'queued']);
  });

  it('D-SEND-3 nothing is sent twice: without unsent lines a send is unchanged', () => {
    const till = new Till();
    till.openSent('a', ['steak']);
    expect(outcome(till.give(orderSend, { order_id: 'a' }))).toBe('unchanged');
    expect(outcome(till.give(orderSend, { order_id: 'a', line_ids: ['a-1'] }))).toBe('unchanged');
    expect(outcome(till.give(orderSend, { order_id: 'a', course: 3 }))).toBe('unchanged');
  });

  it('D-SEND-4 a voided line, an unknown one, and lines together with a course are refused', () => {
    const till = new Till();
    till.open('a', ['steak']);
    till.done(orderVoidLine, { order_id: 'a', line_id: 'a-1', reason: 'gone' });
    const send = (more: object): string =>
      outcome(till.give(orderSend, { order_id: 'a', ...more }));
    expect(send({ line_ids: ['a-1'] })).toBe('invalid_state');
    expect(send({ line_ids: ['a-9'] })).toBe('not_found');
    expect(send({ line_ids: ['a-1'], course: 1 })).toBe('validation_failed');
  });
});
