import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AckMessage, ErrorMessage } from '../../src/protocol/messages.js';
import type { FaultyStore } from '../support/faulty-store.js';
import type { Evening } from './evening.js';
import { beginFaulty } from './faulty-evening.js';

let evening: Evening;
let store: FaultyStore;
beforeEach(async () => {
  ({ evening, store } = await beginFaulty());
  await evening.order('o1', ['burger']);
});
afterEach(async () => {
  store.release();
  await evening.end();
});

const PAY = { order_id: 'o1', payment_id: 'p1', method: 'card', amount: 1_200 } as const;

describe('the same key with the same content', () => {
  it('H-KEY-1 ten times in parallel over two sockets: one effect, equal answers but replayed', async () => {
    const other = await evening.hub.client({ role: 'cashier' });
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 === 0 ? evening.till : other).command('payment.add', PAY, { key: 'k1' }),
      ),
    );
    const acks = replies as AckMessage[];
    expect(acks.filter(({ replayed }) => replayed !== true)).toHaveLength(1);
    const plain = acks.map(({ id: _id, replayed: _replayed, ...answer }) => answer);
    for (const answer of plain) expect(answer).toEqual(plain[0]);
    expect(plain[0]).toMatchObject({
      key: 'k1',
      result: { records: { order_payment: { p1: 1 } } },
    });
    await evening.till.subscribe('orders');
    expect(evening.till.rows('main/orders', 'order_payment')).toHaveLength(1);
  });

  it('H-KEY-2 later too: the stored answer, equal but for id and replayed, not overpayment', async () => {
    const first = (await evening.till.command('payment.add', PAY, { key: 'k1' })) as AckMessage;
    const second = (await evening.till.command('payment.add', PAY, { key: 'k1' })) as AckMessage;
    expect(second).toEqual({ ...first, id: second.id, replayed: true });
  });

  it('H-KEY-2 also when the record has moved on, or the shift is closed by now', async () => {
    const changing = { order_header: ['o1'] };
    const note = { order_id: 'o1', note: 'window' };
    const versions = { expect: evening.versions(changing), key: 'k1' };
    evening.note(await evening.till.command('order.update', note, versions));
    await evening.give('order.update', { order_id: 'o1', note: 'door' }, { changing });
    const retried = await evening.till.command('order.update', note, versions);
    expect(retried).toMatchObject({ type: 'ack', replayed: true });
    await evening.closeShift(true);
    const late = await evening.till.command('order.update', note, versions);
    expect(late).toMatchObject({ type: 'ack', replayed: true });
  });

  it('H-KEY-3 the order of the payload’s fields and an added default make no difference', async () => {
    const turned = { amount: 1_200, method: 'card', payment_id: 'p1', order_id: 'o1' } as const;
    await evening.till.command('payment.add', PAY, { key: 'k1' });
    const reply = await evening.till.command('payment.add', turned, { key: 'k1' });
    expect(reply).toMatchObject({ type: 'ack', replayed: true });
  });

  it('H-KEY-3 whoever in the branch sends it, and in whatever encoding', async () => {
    await evening.till.command('payment.add', PAY, { key: 'k1' });
    const other = await evening.hub.client({ role: 'manager', encoding: 'json' });
    const reply = await other.command('payment.add', PAY, { key: 'k1' });
    expect(reply).toMatchObject({ type: 'ack', replayed: true });
  });

  it('H-KEY-4 keys of one branch are nothing to another', async () => {
    await evening.till.command('payment.add', PAY, { key: 'k1' });
    const other = await evening.hub.client({ role: 'cashier', branchId: 'other' });
    const reply = await other.command('shift.open', { opening_float: 0 }, { key: 'k1' });
    expect(reply).toMatchObject({ type: 'ack', version: 2 });
    expect(reply).not.toHaveProperty('replayed');
  });
});

describe('the same key with other content', () => {
  it('H-KEY-5 is refused as idempotency_key_reused, later and at the same moment', async () => {
    const less = { ...PAY, amount: 1_100 };
    const [first, second] = await Promise.all([
      evening.till.command('payment.add', PAY, { key: 'k1' }),
      evening.till.command('payment.add', less, { key: 'k1' }),
    ]);
    expect(first.type).toBe('ack');
    const reused = { code: 'idempotency_key_reused', status: 422, key: 'k1', retryable: false };
    expect(second).toMatchObject(reused);
    expect(await evening.till.command('payment.add', less, { key: 'k1' })).toMatchObject(reused);
    const other = await evening.till.command('order.send', { order_id: 'o1' }, { key: 'k1' });
    expect(other).toMatchObject(reused);
  });
});

describe('what keeps no key', () => {
  it('H-KEY-6 a refused command: the same key may be tried again, also with other content', async () => {
    const tooMuch = { ...PAY, amount: 5_000 };
    const refused = await evening.till.command('payment.add', tooMuch, { key: 'k1' });
    expect(refused).toMatchObject({ code: 'overpayment' });
    const paid = await evening.till.command('payment.add', PAY, { key: 'k1' });
    expect(paid).toMatchObject({ type: 'ack' });
    expect(paid).not.toHaveProperty('replayed');
  });

  it('H-KEY-7 a command that changed nothing: its key may be used for another', async () => {
    await evening.give('order.send', { order_id: 'o1' });
    const nothing = await evening.till.command('order.send', { order_id: 'o1' }, { key: 'k1' });
    expect(nothing).toMatchObject({ type: 'ack', result: { records: {} } });
    const paid = await evening.till.command('payment.add', PAY, { key: 'k1' });
    expect(paid).toMatchObject({ type: 'ack', result: { records: { order_payment: { p1: 1 } } } });
  });
});

describe('a key whose first request still runs', () => {
  it('H-KEY-8 waits for its answer, and after 5 s is told idempotency_in_progress', async () => {
    store.switchOn('delay_settle', 1);
    const first = evening.till.command('payment.add', PAY, { key: 'k1' });
    const other = await evening.hub.client({ role: 'cashier' });
    const second = other.command('payment.add', PAY, { key: 'k1' });
    await evening.pass(4);
    expect(other.ofType('error')).toEqual([]);
    await evening.pass(1);
    expect((await second) as ErrorMessage).toMatchObject({
      code: 'idempotency_in_progress',
      status: 409,
      key: 'k1',
      retryable: true,
      retryAfterMs: expect.any(Number),
    });
    store.release();
    expect(await first).toMatchObject({ type: 'ack' });
    const third = await other.command('payment.add', PAY, { key: 'k1' });
    expect(third).toMatchObject({ type: 'ack', replayed: true });
  });

  it('H-KEY-8 one that comes in time gets the first one’s answer', async () => {
    store.switchOn('delay_settle', 1);
    const replies = Promise.all([
      evening.till.command('payment.add', PAY, { key: 'k1' }),
      evening.till.command('payment.add', PAY, { key: 'k1' }),
    ]);
    await evening.pass(2);
    store.release();
    expect(await replies).toMatchObject([{ type: 'ack' }, { type: 'ack', replayed: true }]);
  });
});
