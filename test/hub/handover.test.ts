/** Everybody asks for the same handover at once, and a night that rolls over, on the real engine. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettableClock } from '../../src/base/clock.js';
import type { ShiftReportResult } from '../../src/protocol/results.js';
import { DATABASE_NAME } from '../../src/store/sqlite/open.js';
import { verifyDatabase } from '../../src/store/verify/verify-database.js';
import { EVENING } from '../support/hub.js';
import type { CommandReply, HubClient } from '../support/hub-client.js';
import { freshDirectory, openSqlite } from '../support/sqlite-store.js';
import { Evening } from './evening.js';

const TILLS = 20;
const PAYMENTS = 40;

let evening: Evening;
let clock: SettableClock;
let path: string;
let remove: () => void;
beforeEach(async () => {
  ({ path, remove } = freshDirectory());
  clock = new SettableClock(EVENING);
  evening = await Evening.begin({ clock, store: await openSqlite(path, { clock }) });
});
afterEach(async () => {
  await evening.end();
  remove();
});

function outcome(reply: CommandReply): string {
  if (reply.type === 'error') return reply.code;
  return reply.replayed === true ? 'again' : 'done';
}

async function report(by: HubClient, shiftId: string, kind: 'x' | 'z'): Promise<ShiftReportResult> {
  const answer = await by.query('shift.report', { shift_id: shiftId, kind });
  if (answer.type !== 'result') throw new Error(JSON.stringify(answer));
  return answer.result as ShiftReportResult;
}

describe('a handover that many tills ask for', () => {
  it('H-TURN-11 happens once: with other keys, the same key, repeats, payments and a close in between; the money adds up', async () => {
    const { hub, shiftId } = evening;
    await evening.order('big', Array<string>(40).fill('burger'));
    const tills = await Promise.all(
      Array.from({ length: TILLS }, (_, index) =>
        hub.client({ role: 'cashier', deviceId: `till-${String(index + 10)}` }),
      ),
    );
    const expected = { pos_shift: { [shiftId]: 1 } };
    const handover = (till: HubClient, key: string): Promise<CommandReply> =>
      till.command(
        'shift.handover',
        { shift_id: shiftId, counted_cash: 10_000, to_staff_id: 'sam' },
        { key, expect: expected },
      );
    const replies: Promise<CommandReply>[] = [];
    const payments: Promise<CommandReply>[] = [];
    for (const [index, till] of tills.entries()) {
      // Every fourth asks under one shared key; all ask twice.
      const key = index % 4 === 0 ? 'shared' : `own-${String(index)}`;
      replies.push(handover(till, key), handover(till, key));
      for (let part = 0; part < PAYMENTS / TILLS; part += 1) {
        const payment = { order_id: 'big', method: 'cash', amount: 100 } as const;
        payments.push(till.command('payment.add', payment));
      }
    }
    const closed = evening.till.command(
      'shift.close',
      { shift_id: shiftId, counted_cash: 10_000, carry_over: true },
      { expect: expected },
    );
    const told = (await Promise.all(replies)).map(outcome);
    expect(told.filter((one) => one === 'done')).toHaveLength(1);
    expect(new Set(told)).toEqual(new Set(['done', 'again', 'version_conflict']));
    expect(outcome(await closed)).toBe('version_conflict');
    expect((await Promise.all(payments)).map(outcome)).toEqual(Array(PAYMENTS).fill('done'));

    const next = hub.hub.branches.get('main')?.hub.hot.shift;
    expect(next).toMatchObject({ status: 'open', opened_by: 'sam', opening_float: 10_000 });
    const z = await report(evening.till, shiftId, 'z');
    const x = await report(evening.till, next?.id ?? '', 'x');
    expect(z.z_number).toBe(1);
    const taken = [z, x].map(({ report: { drawer } }) => drawer.payments);
    expect(taken.reduce((sum, cash) => sum + cash, 0)).toBe(PAYMENTS * 100);
    const later = await Promise.all([handover(tills[1]!, 'later'), handover(tills[1]!, 'shared')]);
    expect(new Set(later.map(outcome)).has('done')).toBe(false);
  });
});

describe('shifts that roll over', () => {
  it('H-TURN-12 have Z numbers without a gap, and verification finds all of it right: sums, reports, rows', async () => {
    await evening.sent('table-4', ['burger']);
    await evening.order('table-5', ['lager']);
    await evening.pay('table-5', 550);
    const till = await evening.hub.client({ role: 'waiter', name: 'till-9', deviceId: 'till-9' });
    till.sendHeartbeat({ length: 2, oldestAt: EVENING });
    till.cut();
    for (const days of [1, 2, 4]) {
      clock.set(EVENING + days * 86_400_000);
      await evening.pass(6);
      await expect
        .poll(() => evening.hub.hub.branches.get('main')?.hub.hot.shift?.business_date)
        .toBe(`2019-05-${String(18 + days)}`);
    }
    const last = await evening.hub.store.shift('main', null);
    expect(last?.shift).toMatchObject({ z_number: 3, counted_cash: null, over_short: null });
    const { clean, difference } = await verifyDatabase({ file: join(path, DATABASE_NAME) });
    expect({ clean, difference }).toEqual({ clean: true, difference: null });
  });
});
