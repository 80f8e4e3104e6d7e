import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assert } from '../../src/base/assert.js';
import { SettableClock } from '../../src/base/clock.js';
import { uuidV7Source } from '../../src/base/ids.js';
import type { Log } from '../../src/base/log.js';
import { branchUpdate } from '../../src/domain/admin/branch-update.js';
import type { PosShift } from '../../src/domain/rows.js';
import { isOverdue } from '../../src/domain/shift-turn.js';
import type { ShiftReportResult } from '../../src/protocol/results.js';
import type { HubBranch } from '../../src/hub/hub-branch.js';
import { createMemoryStore } from '../../src/store/memory/memory-store.js';
import { FaultyStore } from '../support/faulty-store.js';
import type { HubClient } from '../support/hub-client.js';
import { makeBranch, makeShift } from '../support/rows.js';
import { Evening } from './evening.js';

/** 19 May 2019, 04:00 in London. */
const CUT_OFF = Date.UTC(2019, 4, 19, 3);

interface Entry {
  readonly level: string;
  readonly message: string;
  readonly context: object;
}

let clock: SettableClock;
let store: FaultyStore;
let told: Entry[];
let evening: Evening;
let manager: HubClient;

function keep(level: string) {
  return (context: object, message: string): void => {
    if (message.includes('rolled over')) told.push({ level, message, context });
  };
}

const log = (): Log => ({
  debug() {},
  info: keep('info'),
  warn: keep('warn'),
  error: keep('error'),
});

beforeEach(async () => {
  clock = new SettableClock(CUT_OFF - 3_600_000);
  const newId = uuidV7Source(clock);
  store = new FaultyStore(createMemoryStore({ clock, newId, nextTick: setImmediate }));
  told = [];
  evening = await Evening.begin({ store, clock, log: log() });
  manager = await evening.hub.client({ role: 'manager' });
});
afterEach(async () => {
  await evening.end();
});

function main(): HubBranch['hub'] {
  const branch = evening.hub.hub.branches.get('main');
  assert(branch, 'the branch is there');
  return branch.hub;
}

const open = (): PosShift | null => main().hot.shift;
const levels = (): string[] => told.map(({ level }) => level);

async function untilCutOff(): Promise<void> {
  clock.set(CUT_OFF);
  await evening.pass(6);
}

async function report(shiftId: string, kind: 'x' | 'z'): Promise<ShiftReportResult> {
  const answer = await manager.query('shift.report', { shift_id: shiftId, kind });
  if (answer.type !== 'result') throw new Error(JSON.stringify(answer));
  return answer.result as ShiftReportResult;
}

describe('a shift whose business date is over', () => {
  it('H-TURN-1 is not touched before its cut-off', async () => {
    clock.set(CUT_OFF - 7_000);
    await evening.pass(6);
    expect(open()?.id).toBe(evening.shiftId);
  });

  it('H-TURN-1, H-TURN-2 rolls over at the cut-off in one commit, uncounted, and open orders go along', async () => {
    await evening.sent('table-4', ['burger']);
    await evening.give('cash.paid_in', {
      shift_id: evening.shiftId,
      amount: 2_500,
      reason: 'change',
    });
    const before = main().hot.version;
    await untilCutOff();
    const next = open();
    expect(main().hot.version).toBe(before + 1);
    expect(next).toMatchObject({
      business_date: '2019-05-19',
      register_id: 'main',
      opening_float: 12_500,
      opened_by: 'cashier',
    });
    const { report: z, z_number } = await report(evening.shiftId, 'z');
    expect(z_number).toBe(1);
    expect(z.drawer).toMatchObject({ expected: 12_500, counted: null, over_short: null });
    expect(z.open_orders.count).toBe(1);
    expect(main().hot.orders.get('table-4')?.header).toMatchObject({
      shift_id: next?.id,
      business_date: '2019-05-18',
    });
    expect(levels()).toEqual(['info']);
  });

  it('H-TURN-3 rolls over at the start where the cut-off passed while no hub ran, once for all days that passed', async () => {
    const { shiftId } = evening;
    clock.set(CUT_OFF + 3 * 86_400_000);
    evening = await Evening.reopened({ store, clock, log: log() });
    await evening.pass(1);
    expect(open()?.business_date).toBe('2019-05-22');
    expect((await store.shift('main', null))?.shift).toMatchObject({ id: shiftId, z_number: 1 });
    await evening.pass(20);
    expect(levels()).toEqual(['info']);
  });

  it('H-TURN-4 stays open where the branch says so', async () => {
    const { branch } = main().hot;
    const settings = { ...branch.settings, automatic_rollover: false };
    await main().execute({
      definition: branchUpdate,
      key: 'settings',
      payload: { id: 'main', settings },
      expect: { branch: { main: branch.version } },
      actor: { staffId: 'admin', deviceId: 'office', role: 'admin' },
      clientAt: null,
      correlationId: null,
    });
    await untilCutOff();
    expect(open()?.id).toBe(evening.shiftId);
  });

  it('H-TURN-5 no door takes the command, whoever gives it', async () => {
    const admin = await evening.hub.client({ role: 'admin' });
    const reply = await admin.command(
      'shift.rollover' as never,
      {
        shift_id: evening.shiftId,
      } as never,
    );
    expect(reply).toMatchObject({ type: 'error', code: 'validation_failed' });
  });

  it('H-TURN-6 while the store refuses it is tried again, then told as an error, and done at a later look, once', async () => {
    store.switchOn('unavailable', 6);
    await untilCutOff();
    await evening.pass(16);
    expect(levels()).toEqual(['error']);
    expect(open()?.id).toBe(evening.shiftId);
    await evening.pass(6);
    expect(open()?.business_date).toBe('2019-05-19');
    expect(levels()).toEqual(['error', 'info']);
    expect((await report(evening.shiftId, 'z')).z_number).toBe(1);
  });

  it('H-TURN-7 tills that may hold sales are named in the log and in the Z report', async () => {
    const till = await evening.hub.client({ role: 'waiter', name: 'till-9', deviceId: 'till-9' });
    till.sendHeartbeat({ length: 2, oldestAt: CUT_OFF - 60_000 });
    till.cut();
    await untilCutOff();
    expect(levels()).toEqual(['info', 'warn']);
    expect((await report(evening.shiftId, 'z')).report.warnings).toMatchObject([
      { code: 'device_holds_sales', device_id: 'till-9', queue_length: 2 },
    ]);
  });

  it('H-TURN-8 payments that come meanwhile are in the one shift or in the other, and none is lost', async () => {
    await evening.order('big', Array<string>(40).fill('burger'));
    clock.set(CUT_OFF);
    const pays = Array.from({ length: 30 }, (_, index) => {
      if (index === 10) evening.hub.timers.advance(5_000);
      return evening.pay('big', 100);
    });
    await Promise.all([...pays, evening.pass(2)]);
    const { shiftId } = evening;
    const [old, next] = await Promise.all([report(shiftId, 'z'), report(open()?.id ?? '', 'x')]);
    const paid = [old, next].map(({ report: { payments } }) => payments[0]?.paid ?? 0);
    expect(open()?.id).not.toBe(shiftId);
    expect((paid[0] ?? 0) + (paid[1] ?? 0)).toBe(3_000);
  });
});

describe('H-TURN-9 the business date is that of the branch’s own clock', () => {
  const cases: [string, string, number, string, string][] = [
    ['spring forward', 'Europe/London', 4, '2025-03-29', '2025-03-30T03:00:00Z'],
    ['autumn back', 'Europe/London', 4, '2025-10-25', '2025-10-26T04:00:00Z'],
    ['a cut-off that spring skips', 'Europe/London', 1, '2025-03-29', '2025-03-30T01:00:00Z'],
    [
      'a cut-off in the hour that comes twice',
      'Europe/London',
      1,
      '2025-10-25',
      '2025-10-26T00:00:00Z',
    ],
    ['west', 'America/New_York', 4, '2025-11-01', '2025-11-02T09:00:00Z'],
    [
      'east, by three quarters of an hour',
      'Asia/Kathmandu',
      4,
      '2025-01-01',
      '2025-01-01T22:15:00Z',
    ],
    ['half an hour of summer time', 'Australia/Lord_Howe', 2, '2025-04-05', '2025-04-05T15:30:00Z'],
    ['the year turns', 'Asia/Dubai', 5, '2025-12-31', '2026-01-01T01:00:00Z'],
  ];
  it.each(cases)('H-TURN-9 %s', (_title, zone, cutoff_hour, date, end) => {
    const branch = makeBranch({ zone, cutoff_hour });
    const shift = makeShift({ business_date: date });
    expect(isOverdue(shift, branch, Date.parse(end) - 1)).toBe(false);
    expect(isOverdue(shift, branch, Date.parse(end))).toBe(true);
    // Also where the clocks are put back over midnight, it stays over.
    for (let hour = 1; hour <= 30; hour += 1) {
      expect(isOverdue(shift, branch, Date.parse(end) + hour * 3_600_000)).toBe(true);
    }
  });
});
