import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { QUEUE_LENGTH_MAX } from '../../../src/client/queue/queue.js';
import { MemoryDisk, memoryStorage } from '../../../src/client/storage/memory.js';
import { House, type Till } from './house.js';

const REFUSED = { name: 'CommandRefused' };

let house: House;

beforeEach(async () => {
  house = await House.open();
});

afterEach(async () => {
  await house.close();
});

/** A till that knows its branch and has no line. */
async function cutOff(disk: MemoryDisk): Promise<Till> {
  const till = house.till({ disk });
  await house.follow(till);
  till.cable.unplug();
  return till;
}

describe('what the queue does not take', () => {
  it('C-Q-20 one entry above 10,000 is refused, and taken when there is room again', async () => {
    const disk = new MemoryDisk();
    const till = await cutOff(disk);
    const order = (id: string) => ({ order_id: id, order_type: 'takeaway' }) as const;
    const { key } = await till.client.queue.add('order.open', order('first'));
    till.client.close();
    const storage = memoryStorage(disk);
    const [stored] = await storage.entries('queue');
    const entry = stored?.value as { readonly payload: object };
    for (let count = 1; count < QUEUE_LENGTH_MAX; count += 1) {
      const order_id = `o${String(count)}`;
      const payload = { ...entry.payload, order_id };
      await storage.append('queue', { ...entry, key: order_id, payload });
    }
    const { client } = house.till({ disk, cable: till.cable });
    await client.queue.ready;
    expect(client.queue.length).toBe(QUEUE_LENGTH_MAX);
    const more = client.queue.add('order.open', order('more'));
    await expect(more).rejects.toMatchObject({ ...REFUSED, code: 'overloaded' });
    expect(client.queue.length).toBe(QUEUE_LENGTH_MAX);
    await storage.write('queue', new Map([[stored?.key ?? '', undefined]]));
    await house.settle();
    expect(client.queue.entries.some((held) => held.key === key)).toBe(false);
    await client.queue.add('order.open', order('more'));
    expect(client.queue.length).toBe(QUEUE_LENGTH_MAX);
  });

  it('C-Q-21 what is longer than a message may be is refused as it is queued, or amended', async () => {
    const till = await cutOff(new MemoryDisk());
    const { queue } = till.client;
    const order = { order_id: 'o1', order_type: 'takeaway' } as const;
    const note = 'x'.repeat(65_536);
    const long = queue.add('order.open', { ...order, note });
    await expect(long).rejects.toMatchObject({ ...REFUSED, code: 'validation_failed' });
    expect(queue.entries).toEqual([]);
    const { key } = await queue.add('order.send', { order_id: 'elsewhere' });
    till.cable.plug();
    await house.pass(5_000);
    const amended = queue.amend<'order.send'>(key, { order_id: 'y'.repeat(65_536) });
    await expect(amended).rejects.toMatchObject({ ...REFUSED, code: 'validation_failed' });
    expect(queue.refused.map(({ payload }) => payload)).toEqual([{ order_id: 'elsewhere' }]);
  });
});
