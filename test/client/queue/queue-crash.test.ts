import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryDisk, memoryStorage } from '../../../src/client/storage/memory.js';
import { House, stoppingStorage, type Till } from './house.js';
import { expectSold, outcomesOf, sell } from './sale.js';

/** It is stopped at every write of a sale, one after the other. */
vi.setConfig({ testTimeout: 30_000 });

let house: House;

beforeEach(async () => {
  house = await House.open();
});

afterEach(async () => {
  await house.close();
});

/** The branch, the shift and some numbers are on the disk: the till has been at work before. */
async function usedDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const till = house.till({ disk });
  await house.follow(till);
  till.client.close();
  await house.settle();
  return disk;
}

async function restarted(disk: MemoryDisk): Promise<Till> {
  const till = house.till({ disk });
  await house.follow(till);
  return till;
}

describe('a till that stops and starts again', () => {
  it('C-Q-3 after a stop at any write the rest is queued again under the same keys, and all is there once', async () => {
    let stops = 0;
    for (let finished = false; !finished; stops += 1) {
      const disk = await usedDisk();
      const orderId = `o${String(stops)}`;
      const storage = stoppingStorage(memoryStorage(disk), stops);
      const till = house.till({ storage });
      await house.follow(till);
      const selling = sell(till.client, orderId).then(async (queued) => outcomesOf(queued));
      finished = await house.passUntil(selling, 6_000);
      till.client.close();
      const next = await restarted(disk);
      // The person looks at the order and goes on where the till had stopped: the keys say what was queued.
      const outcomes = sell(next.client, orderId).then(outcomesOf);
      await house.passUntil(outcomes, 6_000);
      expect(await outcomes, `stopped after ${String(stops)} writes`).toEqual(
        Array(5).fill('acknowledged'),
      );
      expectSold(house, orderId);
      expect(next.client.queue.length).toBe(0);
      next.client.close();
      await house.settle();
    }
    expect(stops).toBeGreaterThan(15);
  });

  it('C-Q-3 what was queued goes out after a restart without anybody queueing it again', async () => {
    const disk = await usedDisk();
    const till = house.till({ disk });
    await house.follow(till);
    till.cable.unplug();
    await sell(till.client);
    till.client.close();
    const next = await restarted(disk);
    await house.pass(6_000);
    expectSold(house);
    expect(next.client.queue.length).toBe(0);
  });

  it('C-Q-4 where answers are lost, the same keys are sent again and nothing is done twice', async () => {
    const till = house.till();
    await house.follow(till);
    let lost = 0;
    till.cable.delivers = ({ type }) => {
      if (type !== 'ack' || lost >= 5) return true;
      lost += 1;
      queueMicrotask(() => {
        till.cable.unplug();
        till.cable.plug();
      });
      return false;
    };
    const queued = await sell(till.client);
    await house.pass(60_000);
    expect(lost).toBe(5);
    expect(await outcomesOf(queued)).toEqual(Array(5).fill('acknowledged'));
    expectSold(house);
  });
});
