/** What a key protects no more, a payment's own id still does: for ever. */
import { describe, expect, it } from 'vitest';
import { EVENING } from '../support/hub.js';
import { SettableClock } from '../../src/base/clock.js';
import type { OrderGetResult } from '../../src/protocol/results.js';
import { memoryEngine, sqliteEngine } from '../support/random-traffic/engine.js';
import { Evening } from './evening.js';

const DAY_MS = 24 * 3_600_000;
const ENGINES = [
  { engine: 'memory', make: memoryEngine },
  { engine: 'sqlite', make: sqliteEngine },
] as const;

describe.each(ENGINES)('after its key has expired, on $engine', ({ make }) => {
  it('K-5 I1 a payment or refund with a known id is already_exists, whatever its key', async () => {
    const clock = new SettableClock(EVENING);
    const engine = await make(clock);
    const first = await Evening.begin({ store: engine.store, clock });
    const by = await first.hub.client({ role: 'manager' });
    const pay = { order_id: 'o1', payment_id: 'p1', method: 'card', amount: 500 } as const;
    const refund = { payment_id: 'p1', refund_id: 'r1', amount: 200, reason: 'cold' };
    await first.order('o1', ['burger']);
    first.note(await by.command('payment.add', pay, { key: 'pay' }));
    first.note(await by.command('payment.refund', refund, { key: 'refund' }));
    expect(await by.command('payment.add', pay, { key: 'pay' })).toMatchObject({ replayed: true });

    clock.advance(8 * DAY_MS);
    const store = await engine.reopen(true);
    const again = await Evening.reopened({ store, clock });
    await again.order('o2', ['burger']);
    while ((store.stats()['keys_expired_total'] ?? 0) < 3) await again.settle();
    const manager = await again.hub.client({ role: 'manager' });
    for (const key of ['pay', 'another']) {
      expect(await manager.command('payment.add', pay, { key })).toMatchObject({
        code: 'already_exists',
      });
      const elsewhere = { ...pay, order_id: 'o2' };
      expect(await manager.command('payment.add', elsewhere, { key })).toMatchObject({
        code: 'already_exists',
      });
    }
    for (const key of ['refund', 'another']) {
      expect(await manager.command('payment.refund', refund, { key })).toMatchObject({
        code: 'already_exists',
      });
    }
    const reply = await manager.query('order.get', { order_id: 'o1' });
    if (reply.type !== 'result') throw new Error(reply.message);
    const { payments } = reply.result as OrderGetResult;
    expect(payments.map(({ id }) => id)).toEqual(['p1', 'r1']);

    const note = { order_id: 'o3', order_type: 'takeaway' } as const;
    const used = await manager.command('order.open', note, { key: 'pay' });
    expect(used).toMatchObject({ type: 'ack' });
    expect(used).not.toHaveProperty('replayed');
    await engine.close();
    engine.remove();
  });
});
