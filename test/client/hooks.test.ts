import { signal } from '@preact/signals-core';
import { expect, it } from 'vitest';
import { signalOf } from '../../src/client/index.js';
import { scene } from './support.js';

it('C-HOOK-2 a signal is kept at the value of a selection until it is stopped', () => {
  const { client, connection } = scene();
  connection().welcome();
  const replica = client.subscribe('main/kitchen');
  connection().snapshot(5, [{ id: 'l1', version: 1 }]);
  const count = signal(0);
  const selection = replica.select((rows) => rows.table('order_line').size);
  const stop = signalOf(count, selection);
  expect(count.value).toBe(1);
  connection().delta(5, 6, 'l2');
  expect(count.value).toBe(2);
  stop();
  connection().delta(6, 7, 'l3');
  expect(count.value).toBe(2);
});
