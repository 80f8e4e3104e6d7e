import { expect, it } from 'vitest';
import { derivedState, stationsOf, statusOf } from '../../src/domain/order-state.js';
import type { LineStatus } from '../../src/domain/rows.js';
import { makeHeader, makeLine, NOON } from '../support/rows.js';

function statusWith(...statuses: LineStatus[]): string {
  return statusOf(statuses.map((status) => makeLine({ status })));
}

it('D-STATE-1 an order is open, preparing or ready as its lines are', () => {
  expect(statusWith()).toBe('open');
  expect(statusWith('new', 'held', 'voided')).toBe('open');
  expect(statusWith('queued', 'queued')).toBe('open');
  expect(statusWith('served', 'served')).toBe('open');
  expect(statusWith('queued', 'preparing')).toBe('preparing');
  expect(statusWith('ready', 'preparing')).toBe('preparing');
  expect(statusWith('ready', 'queued')).toBe('preparing');
  expect(statusWith('ready', 'served', 'new')).toBe('ready');
});

it('D-STATE-2 stations are those with lines queued, preparing, ready or marked, sorted', () => {
  const lines = [
    makeLine({ station: 'grill', status: 'queued' }),
    makeLine({ station: 'bar', status: 'ready' }),
    makeLine({ station: 'fry', status: 'voided', mark: 'voided' }),
    makeLine({ station: 'grill', status: 'preparing' }),
    makeLine({ station: 'cold', status: 'served' }),
    makeLine({ station: 'cold', status: 'new' }),
    makeLine({ station: null, status: 'served' }),
  ];
  expect(stationsOf(lines)).toEqual(['bar', 'fry', 'grill']);
});

it('D-STATE-3 sent_at is the first sending of a line; ready_at the moment when nothing was left to cook', () => {
  const header = makeHeader();
  const queued = makeLine({ status: 'queued', sent_at: NOON + 1 });
  const ready = makeLine({ status: 'ready', sent_at: NOON + 2 });
  const drink = makeLine({ station: null, status: 'served', sent_at: NOON + 2 });
  expect(derivedState(header, [ready, queued], NOON + 9)).toMatchObject({
    sent_at: NOON + 1,
    ready_at: null,
  });
  expect(derivedState(header, [ready], NOON + 9)).toMatchObject({ ready_at: NOON + 9 });
  const before = { ...header, ready_at: NOON + 5 };
  expect(derivedState(before, [ready], NOON + 9)).toMatchObject({ ready_at: NOON + 5 });
  expect(derivedState(before, [queued], NOON + 9)).toMatchObject({ ready_at: null });
  expect(derivedState(header, [drink], NOON + 9)).toMatchObject({ ready_at: null });
});

it('D-STATE-4 a finished order keeps its status, whatever the kitchen still does', () => {
  const line = makeLine({ status: 'preparing' });
  const closed = derivedState(makeHeader({ status: 'closed' }), [line], NOON);
  expect(closed).toMatchObject({ status: 'closed', stations: ['grill'] });
});
