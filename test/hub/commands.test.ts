import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandReply, HubClient } from '../support/hub-client.js';
import { Evening } from './evening.js';

let evening: Evening;
beforeEach(async () => {
  evening = await Evening.begin();
});
afterEach(async () => {
  await evening.end();
});

/** Sends a command with any fields, also wrong ones. */
function raw(client: HubClient, fields: object) {
  return client.request({ type: 'command', key: 'k', branchId: 'main', payload: {}, ...fields });
}

describe('an acknowledgement', () => {
  it('H-CMD-1 names key, branch version, durability and the version of every record written', async () => {
    const ack = await evening.order('o1', ['burger']);
    expect(ack).toEqual({
      type: 'ack',
      id: expect.any(String),
      key: expect.any(String),
      version: 3,
      durability: 'none',
      result: { records: { order_header: { o1: 1 }, order_line: { 'o1-1': 1 } } },
    });
    const next = await evening.order('o2');
    expect(next.version).toBe(4);
  });

  it('H-CMD-2 comes only when the view’s next snapshot holds what it tells', async () => {
    const ack = await evening.order('o1');
    const snapshot = await evening.till.subscribe('orders');
    expect(snapshot).toMatchObject({
      version: ack.version,
      tables: { order_header: [{ id: 'o1' }] },
    });
  });

  it('H-CMD-3 what changes nothing is acknowledged with no records and the present version', async () => {
    await evening.sent('o1');
    const again = await evening.till.command('order.send', { order_id: 'o1' }, { key: 'k1' });
    expect(again).toMatchObject({ type: 'ack', version: 4, result: { records: {} } });
    expect(again).not.toHaveProperty('replayed');
  });
});

describe('refusals before the decision', () => {
  it('H-CMD-4 an unknown command, a wrong payload and an unknown field are validation_failed', async () => {
    const { till } = evening;
    expect(await raw(till, { name: 'order.explode' })).toMatchObject({
      code: 'validation_failed',
      key: 'k',
    });
    const unknown = { order_type: 'takeaway', colour: 'red' };
    expect(await raw(till, { name: 'order.open', payload: unknown })).toMatchObject({
      code: 'validation_failed',
      details: [{ path: '/colour', reason: 'is not a known field' }],
    });
    expect(await till.request({ type: 'explode' })).toMatchObject({ code: 'bad_message' });
  });

  it.each(['other', 'no-such-branch'])(
    'H-CMD-5 the branch "%s" is forbidden, in the same words',
    async (branchId) => {
      const payload = { order_type: 'takeaway' } as const;
      const reply = await evening.till.command('order.open', payload, { branchId, key: 'k1' });
      expect(reply).toMatchObject({
        type: 'error',
        key: 'k1',
        code: 'forbidden',
        status: 403,
        message: 'this branch is not yours',
      });
    },
  );

  it('H-CMD-6 a role that the command is not for is forbidden', async () => {
    const waiter = await evening.hub.client({ role: 'waiter' });
    const reply = await waiter.command('shift.open', { opening_float: 0 });
    expect(reply).toMatchObject({ code: 'forbidden' });
  });

  it('H-CMD-7 order and cash commands without an open shift are shift_closed, the kitchen’s are not', async () => {
    await evening.sent('o1');
    await evening.closeShift(true);
    const order = await evening.till.command('order.open', { order_type: 'takeaway' });
    expect(order).toMatchObject({ code: 'shift_closed' });
    const served = await evening.bump('o1', ['o1-1'], 'served');
    expect(served.type).toBe('ack');
  });
});

describe('versions that the client saw', () => {
  const note = { order_id: 'o1', note: 'window' };

  it('H-CMD-8 changing a record without them is version_required, with what is missing', async () => {
    await evening.order('o1');
    const reply = await evening.till.command('order.update', note);
    expect(reply).toMatchObject({
      code: 'version_required',
      status: 428,
      details: { order_header: ['o1'] },
    });
  });

  it('H-CMD-9 an old one is version_conflict, with the record as it stands, and writes nothing', async () => {
    await evening.order('o1');
    const changing = { order_header: ['o1'] };
    await evening.give('order.update', { order_id: 'o1', guests: 4 }, { changing });
    const old = { expect: { order_header: { o1: 1 } } };
    const reply = await evening.till.command('order.update', note, old);
    expect(reply).toMatchObject({
      code: 'version_conflict',
      status: 409,
      retryable: false,
      current: { order_header: { o1: { id: 'o1', guests: 4, note: null, version: 2 } } },
    });
    const { version } = await evening.order('o2');
    expect(version).toBe(5);
  });

  it('H-CMD-10 of 50 writers with the same version one succeeds, 49 are shown the record', async () => {
    await evening.order('o1');
    const writers = await Promise.all(
      Array.from({ length: 50 }, () => evening.hub.client({ role: 'waiter' })),
    );
    const replies = await Promise.all(
      writers.map((writer, index) =>
        writer.command(
          'order.update',
          { order_id: 'o1', note: `writer ${String(index)}` },
          { expect: { order_header: { o1: 1 } } },
        ),
      ),
    );
    const acks = replies.filter(({ type }) => type === 'ack');
    expect(acks).toHaveLength(1);
    const winner = replies.indexOf(acks[0]!);
    const conflicts = replies.filter(({ type }) => type === 'error');
    for (const conflict of conflicts) {
      expect(conflict).toMatchObject({
        code: 'version_conflict',
        current: { order_header: { o1: { version: 2, note: `writer ${String(winner)}` } } },
      });
    }
    expect(conflicts).toHaveLength(49);
  });

  it('H-CMD-11 adding needs none: a payment and an item at the same moment both succeed', async () => {
    await evening.order('o1', ['burger']);
    const waiter = await evening.hub.client({ role: 'waiter' });
    const replies = await Promise.all([
      evening.till.command('payment.add', { order_id: 'o1', method: 'cash', amount: 1_000 }),
      waiter.command('order.add_lines', { order_id: 'o1', lines: [{ item_id: 'chips', qty: 2 }] }),
    ]);
    expect(replies.map(({ type }) => type)).toEqual(['ack', 'ack']);
    await evening.till.subscribe('orders');
    expect(evening.till.row('main/orders', 'order_header', 'o1')).toMatchObject({
      total: 1_900,
      paid: 1_000,
      payment_status: 'partial',
    });
  });

  it('H-CMD-12 a record that is not there is not_found', async () => {
    const reply = await evening.till.command('order.send', { order_id: 'nobody' });
    expect(reply).toMatchObject({ code: 'not_found', status: 404 });
    const expected = { expect: { order_header: { nobody: 1 } } };
    const update = { order_id: 'nobody', note: 'x' };
    expect(await evening.till.command('order.update', update, expected)).toMatchObject({
      code: 'not_found',
    });
  });

  it('H-CMD-12 an id that is taken is already_exists, hot or cold', async () => {
    await evening.order('o1');
    const open = { order_id: 'o1', order_type: 'takeaway' } as const;
    expect(await evening.till.command('order.open', open)).toMatchObject({
      code: 'already_exists',
    });
    await evening.close('o1');
    await evening.closeShift();
    await evening.openShift();
    expect(await evening.till.command('order.open', open)).toMatchObject({
      code: 'already_exists',
    });
  });
});

describe('the order of commands', () => {
  it('H-CMD-13 commands of one connection on one record take effect in the order sent', async () => {
    const { till } = evening;
    const replies: Promise<CommandReply>[] = [
      till.command('order.open', { order_id: 'o1', order_type: 'dine_in', table_no: '1' }),
    ];
    for (let version = 1; version <= 20; version += 1) {
      replies.push(
        till.command(
          'order.update',
          { order_id: 'o1', note: `note ${String(version)}` },
          { expect: { order_header: { o1: version } } },
        ),
      );
    }
    const settled = await Promise.all(replies);
    expect(settled.map(({ type }) => type)).toEqual(Array.from({ length: 21 }, () => 'ack'));
    const versions = settled.map((reply) => (reply.type === 'ack' ? reply.version : null));
    expect(versions).toEqual(versions.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
    await till.subscribe('orders');
    expect(till.row('main/orders', 'order_header', 'o1')).toMatchObject({ note: 'note 20' });
  });

  it('H-CMD-14 a payment never slips behind the close of its shift', async () => {
    await evening.order('o1', ['burger']);
    const { till, shiftId } = evening;
    const close = { shift_id: shiftId, counted_cash: 11_200, carry_over: true };
    const paying = { order_id: 'o1', method: 'cash', amount: 600 } as const;
    const [before, closed, after] = await Promise.all([
      till.command('payment.add', paying),
      till.command('shift.close', close, { expect: { pos_shift: { [shiftId]: 1 } } }),
      till.command('payment.add', paying),
    ]);
    expect([before.type, closed.type]).toEqual(['ack', 'ack']);
    expect(after).toMatchObject({ code: 'shift_closed' });
    const report = await till.query('shift.report', { kind: 'z' });
    expect(report).toMatchObject({ result: { z_number: 1 } });
  });

  it('H-CMD-15 when all is done no record is locked and no command remembered', async () => {
    await evening.sent('o1');
    await evening.till.command('order.send', { order_id: 'nobody' });
    await evening.settle();
    expect(evening.hub.hub.stats()).toMatchObject({
      locked_records: 0,
      running_commands: 0,
      requests_in_flight: 0,
    });
  });
});
