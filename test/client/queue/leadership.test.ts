/** Who of several clients leads, where a lease in their storage decides it. */
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Cancel } from '../../../src/base/clock.js';
import { soleLeader } from '../../../src/client/queue/leadership.js';
import { storageLeadership } from '../../../src/client/queue/storage-lease.js';
import { memoryStorage, MemoryDisk } from '../../../src/client/storage/memory.js';
import type { ClientStorage } from '../../../src/client/storage/storage.js';
import { ManualTimers } from '../../support/manual-timers.js';

interface Page {
  /** A page of its own sleeps by itself: only its timers stand still. */
  readonly timers: ManualTimers;
  readonly leads: number;
  readonly leave: Cancel;
}

function openPage(id: string, storage: ClientStorage): Page {
  const timers = new ManualTimers();
  let leads = 0;
  const leave = storageLeadership({ storage, timers, newId: () => id })('queue', () => {
    leads += 1;
  });
  return {
    timers,
    leave,
    get leads() {
      return leads;
    },
  };
}

/** Second by second, so that each page's looks fall between the other's. */
async function pass(seconds: number, ...awake: readonly Page[]): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    for (const { timers } of awake) {
      timers.advance(1_000);
      await turn();
    }
  }
}

function twoPages(): { readonly one: Page; readonly other: Page; readonly disk: MemoryDisk } {
  const disk = new MemoryDisk();
  const one = openPage('one', memoryStorage(disk));
  const other = openPage('other', memoryStorage(disk));
  return { one, other, disk };
}

test('C-LEAD-1 a client that shares with nobody leads at once', () => {
  let leads = 0;
  soleLeader('queue', () => {
    leads += 1;
  })();
  expect(leads).toBe(1);
});

test('C-LEAD-2 one of two leads, and the other as soon as it is given back', async () => {
  const { one, other } = twoPages();
  await pass(60, one, other);
  expect([one.leads, other.leads]).toEqual([1, 0]);
  one.leave();
  one.leave();
  await pass(1, other);
  expect([one.leads, other.leads]).toEqual([1, 1]);
  expect(one.timers.waiting).toBe(0);
});

test('C-LEAD-3 a lease that nobody renews is taken over after 5 s, not before', async () => {
  const { one, other } = twoPages();
  await pass(3, one, other);
  await pass(4, other);
  expect(other.leads).toBe(0);
  await pass(2, other);
  expect(other.leads).toBe(1);
});

test('C-LEAD-4 one that slept leads on beside the other, and leaves it the lease', async () => {
  const { one, other, disk } = twoPages();
  await pass(3, one, other);
  await pass(10, other);
  await pass(10, one, other);
  expect([one.leads, other.leads]).toEqual([1, 1]);
  const third = openPage('third', memoryStorage(disk));
  one.leave();
  await pass(10, other, third);
  expect(third.leads).toBe(0);
  other.leave();
  await pass(1, third);
  expect(third.leads).toBe(1);
});

test('C-LEAD-5 a storage that fails is asked again', async () => {
  const storage = memoryStorage();
  let fails = true;
  const page = openPage('one', {
    ...storage,
    update: (space, key, change) =>
      fails ? Promise.reject(new Error('no disk')) : storage.update(space, key, change),
  });
  await pass(3, page);
  expect(page.leads).toBe(0);
  fails = false;
  await pass(1, page);
  expect(page.leads).toBe(1);
});

test('C-LEAD-5 cancelled while it waits, a client never leads and leaves no lease', async () => {
  const disk = new MemoryDisk();
  const storage = memoryStorage(disk);
  const page = openPage('one', storage);
  page.leave();
  await turn();
  expect(page.leads).toBe(0);
  expect(await storage.entries('leader')).toEqual([]);
});
