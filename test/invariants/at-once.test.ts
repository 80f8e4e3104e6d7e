/** What happens at the same moment, on every engine: nothing is lost, doubled or decided on what is no longer so. */
import { afterEach, describe, expect, it } from 'vitest';
import type { CommandPayloads } from '../../src/domain/registry.js';
import type { AckMessage, ErrorMessage } from '../../src/protocol/messages.js';
import type { CommandReply, HubClient } from '../support/hub-client.js';
import { ENGINES, House } from './house.js';

const PAYMENT = { order_id: 'o1', payment_id: 'p1', method: 'card', amount: 1_200 } as const;

let house: House;
afterEach(async () => {
  await house.close();
});

function plain(reply: CommandReply): unknown {
  const { id: _id, ...rest } = reply;
  if (rest.type !== 'ack') return rest;
  const { replayed: _replayed, ...ack } = rest;
  return ack;
}

async function order(client: HubClient, orderId: string) {
  const reply = await client.query('order.get', { order_id: orderId });
  if (reply.type !== 'result') throw new Error(reply.message);
  return reply.result as {
    readonly header: Readonly<Record<string, unknown>>;
    readonly lines: readonly unknown[];
    readonly payments: readonly unknown[];
  };
}

describe.each(ENGINES)('at once, on $engine', ({ make }) => {
  it('I1 I6 a cashier pays while the waiter adds an item: both succeed, and the total is right', async () => {
    house = await House.open(make);
    const till = await house.begin();
    const waiter = await house.client({ role: 'waiter' });
    const lines = [{ line_id: 'l2', item_id: 'lager', qty: 1 }];
    const replies = await Promise.all([
      till.command('payment.add', PAYMENT),
      waiter.command('order.add_lines', { order_id: 'o1', lines }),
    ]);
    expect(replies.map(({ type }) => type)).toEqual(['ack', 'ack']);
    const { header, lines: rung, payments } = await order(till, 'o1');
    expect(header).toMatchObject({ total: 1_750, paid: 1_200, payment_status: 'partial' });
    expect([rung.length, payments.length]).toEqual([2, 1]);
  });

  it('I5 of 50 who change the same version one succeeds, 49 are shown the row as it stands', async () => {
    house = await House.open(make);
    await house.begin();
    const writers = await Promise.all(
      Array.from({ length: 10 }, () => house.client({ role: 'waiter' })),
    );
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        writers[index % writers.length]!.command(
          'order.update',
          { order_id: 'o1', note: `note ${String(index)}` },
          { expect: { order_header: { o1: 1 } } },
        ),
      ),
    );
    const errors = replies.filter((reply): reply is ErrorMessage => reply.type === 'error');
    expect(replies.length - errors.length).toBe(1);
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['version_conflict']));
    const { header } = await order(writers[0]!, 'o1');
    expect(header).toMatchObject({
      version: 2,
      note: `note ${String(replies.findIndex(({ type }) => type === 'ack'))}`,
    });
    for (const { current } of errors) expect(current).toEqual({ order_header: { o1: header } });
  });

  it('I1 I2 one key ten times over two sockets, and again after a restart: one effect, one answer', async () => {
    house = await House.open(make);
    const till = await house.begin();
    const twin = await house.client({ role: 'cashier' });
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 === 0 ? till : twin).command('payment.add', PAYMENT, { key: 'k1' }),
      ),
    );
    const fresh = replies.filter((reply) => (reply as AckMessage).replayed !== true);
    expect(fresh).toHaveLength(1);
    await house.restart();
    const later = await house.client({ role: 'cashier' });
    replies.push(await later.command('payment.add', PAYMENT, { key: 'k1' }));
    expect(replies.at(-1)).toMatchObject({ type: 'ack', replayed: true });
    for (const reply of replies) expect(plain(reply)).toEqual(plain(fresh[0]!));
    const other = await later.command('payment.add', { ...PAYMENT, tip: 1 }, { key: 'k1' });
    expect(other).toMatchObject({ type: 'error', code: 'idempotency_key_reused' });
    expect((await order(later, 'o1')).payments).toHaveLength(1);
  });

  it('I2 a command whose connection is lost is there wholly or not at all, and its retry tells which', async () => {
    house = await House.open(make);
    const till = await house.begin();
    for (let turns = 0; turns < 4; turns += 1) {
      const lost = await house.client({ role: 'cashier', deviceId: 'till-2' });
      const payload = {
        order_id: `lost-${String(turns)}`,
        order_type: 'takeaway' as const,
        lines: [
          { item_id: 'burger', qty: 1 },
          { item_id: 'chips', qty: 2 },
        ],
      } satisfies CommandPayloads['order.open'];
      const key = `lost-${String(turns)}`;
      void lost.command('order.open', payload, { key });
      for (let turn = 0; turn < turns; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      lost.cut();
      const retried = await till.command('order.open', payload, { key });
      expect(retried).toMatchObject({ type: 'ack', key });
      expect((await order(till, payload.order_id)).lines).toHaveLength(2);
    }
  });
});
