/** An evening on a store whose faults can be switched on. */
import { SettableClock } from '../../src/base/clock.js';
import { uuidV7Source } from '../../src/base/ids.js';
import { createMemoryStore } from '../../src/store/memory/memory-store.js';
import { FaultyStore } from '../support/faulty-store.js';
import { EVENING, type TestHubOptions } from '../support/hub.js';
import { Evening } from './evening.js';

export async function beginFaulty(
  options: Omit<TestHubOptions, 'store' | 'clock'> = {},
): Promise<{ readonly evening: Evening; readonly store: FaultyStore }> {
  const clock = new SettableClock(EVENING);
  const newId = uuidV7Source(clock);
  const store = new FaultyStore(createMemoryStore({ clock, newId, nextTick: setImmediate }));
  return { evening: await Evening.begin({ ...options, store, clock }), store };
}
