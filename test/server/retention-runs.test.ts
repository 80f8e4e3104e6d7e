/** Names and notes that are older than they are kept are erased by themselves, each kind by its own age. */
import { expect, it } from 'vitest';
import { SettableClock } from '../../src/base/clock.js';
import { silentLog } from '../../src/base/log.js';
import type { BranchCommand } from '../../src/hub/branch/command.js';
import type { BranchHub } from '../../src/hub/branch/branch.js';
import { RetentionRuns } from '../../src/server/retention-runs.js';
import type { FoundPerson, PersonalWanted, Upkeep } from '../../src/store/upkeep.js';
import { ManualTimers } from '../support/manual-timers.js';
import { NOON } from '../support/rows.js';

const DAY = 24 * 3_600_000;

function order(index: number): FoundPerson {
  return { orderId: `o${index}`, number: index, businessDate: '2026-11-20', isFinished: true };
}

it('H-ERASE-5 each kind is erased after its days, by bounded runs that go on where the last one ended', async () => {
  const searched: PersonalWanted[] = [];
  const erased: unknown[] = [];
  let left = 501;
  let fails = false;
  const upkeep = {
    searchPersonal(wanted: PersonalWanted) {
      searched.push(wanted);
      if (fails) return Promise.reject(new Error('the disk is gone'));
      const count = wanted.kinds[0] === 'customer_name' ? Math.min(left, wanted.limit) : 0;
      left -= count;
      return Promise.resolve(Array.from({ length: count }, (_, index) => order(index)));
    },
    clearTexts: () => Promise.resolve(0),
    dropCopies: () => Promise.resolve(),
  } as unknown as Upkeep;
  const hub = {
    id: 'main',
    execute({ payload, actor }: BranchCommand) {
      erased.push([payload['kinds'], actor.staffId]);
      return Promise.resolve({ kind: 'done' });
    },
  } as unknown as BranchHub;
  const clock = new SettableClock(NOON);
  const errors: unknown[] = [];
  const runs = new RetentionRuns({
    ...{ upkeep, branches: new Map([['main', { hub }]]), clock, timers: new ManualTimers() },
    keepDays: { customer_name: 30, note: 10 },
    newId: () => 'id',
    log: { ...silentLog, error: (fields) => errors.push(fields) },
  });

  await runs.run(upkeep);
  expect(searched).toMatchObject([
    { kinds: ['customer_name'], endedFrom: 0, endedBefore: NOON - 30 * DAY, limit: 500 },
    { kinds: ['note'], endedFrom: 0, endedBefore: NOON - 10 * DAY },
  ]);
  expect(erased).toHaveLength(500);
  expect(erased[0]).toEqual([['customer_name'], 'retention']);
  await runs.run(upkeep);
  expect(erased).toHaveLength(501);
  fails = true;
  await runs.run(upkeep);
  expect(errors).toHaveLength(1);
  fails = false;
  clock.set(NOON + DAY);
  searched.length = 0;
  await runs.run(upkeep);
  expect(searched).toMatchObject([
    { kinds: ['customer_name'], endedFrom: NOON - 30 * DAY, endedBefore: NOON - 29 * DAY },
    { kinds: ['note'], endedFrom: NOON - 10 * DAY },
  ]);
});
