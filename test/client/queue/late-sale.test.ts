import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettableClock } from '../../../src/base/clock.js';
import type { CommandResult, ShiftReportResult } from '../../../src/protocol/results.js';
import { EVENING } from '../../support/hub.js';
import { House } from './house.js';
import { expectSold, outcomesOf, sell, TOTAL } from './sale.js';

const HOUR_MS = 3_600_000;

let house: House;
beforeEach(async () => {
  house = await House.open();
});
afterEach(async () => {
  await house.close();
});

function shiftId(): string {
  return house.watcher.rows('main/shift', 'pos_shift')[0]?.id ?? '';
}

/** Closes the open shift, whatever tills hold; the devices that the acknowledgement warns of. */
async function close(carry_over: boolean): Promise<readonly string[]> {
  const id = shiftId();
  const payload = { shift_id: id, counted_cash: 10_000, carry_over };
  const reply = await house.watcher.command('shift.close', payload, {
    expect: { pos_shift: { [id]: 1 } },
  });
  if (reply.type === 'error') throw new Error(reply.message);
  await house.settle();
  const { warnings = [] } = reply.result as unknown as CommandResult;
  return warnings.map((warning) => `${warning.code} ${warning.device_id}`);
}

async function report(id: string, kind: 'x' | 'z'): Promise<ShiftReportResult['report']> {
  const answer = await house.watcher.query('shift.report', { shift_id: id, kind });
  if (answer.type !== 'result') throw new Error(JSON.stringify(answer));
  return (answer.result as ShiftReportResult).report;
}

describe('a till that sold on while its shift was closed', () => {
  it('H-TURN-10 its sale is of the next shift, once, and shown there as late by the hub’s time of the sale', async () => {
    // A clock two hours ahead: by it, the sale would be newer than the next shift.
    const till = house.till({ clock: new SettableClock(EVENING + 2 * HOUR_MS) });
    await house.follow(till);
    await house.settle();
    till.cable.unplug();
    const sold = await sell(till.client);

    const first = shiftId();
    expect(await close(true)).toEqual(['device_out_of_touch till-1']);
    house.hub.clock.advance(HOUR_MS);
    await house.openShift();
    await house.settle();
    till.cable.plug();
    await house.pass(10_000);

    expect(await outcomesOf(sold)).toEqual(Array(5).fill('acknowledged'));
    expectSold(house);
    const second = shiftId();
    const x = await report(second, 'x');
    expect(x.late).toEqual([{ device_id: 'till-1', count: 1, amount: TOTAL }]);
    expect(await close(false)).toEqual([]);
    const [old, next] = [await report(first, 'z'), await report(second, 'z')];
    expect([old.sales.total, next.sales.total]).toEqual([0, TOTAL]);
    expect([old.late, next.late]).toEqual([[], x.late]);
    expect(old.warnings).toMatchObject([{ device_id: 'till-1' }]);
    expect(next.payments).toMatchObject([{ method: 'cash', payments: 1, paid: TOTAL }]);
  });
});
