/** A hub that was killed comes back to its log: what it finds there is copied, and the log starts over. */
import type { Client } from '../../../src/client/client.js';
import { freePort, HubProcess } from '../../support/hub-process.js';
import type { Scenario } from '../recording/recorder.js';
import { Restaurant } from './restaurant.js';

/** On a directory whose hub is ended when `run` is over: `kill` leaves its log there, `stop` copies it into the database. */
export async function thenEnded(
  directory: string,
  end: 'kill' | 'stop',
  run: (till: Client) => Promise<void>,
): Promise<void> {
  const hub = await HubProcess.start({ directory, port: await freePort(), flags: ['--demo'] });
  const till = hub.client({ role: 'manager', encoding: 'json' });
  try {
    await run(till);
  } finally {
    till.close();
    await hub[end]();
  }
}

export function restart(): Scenario {
  let shift = '';
  return {
    name: 'restart',
    prepare: (directory, book) =>
      thenEnded(directory, 'kill', async (till) => {
        const restaurant = new Restaurant(book);
        shift = await restaurant.openShift(till);
        await Promise.all([1, 2, 3].map(() => restaurant.serve(till)));
        await restaurant.ringUp(till);
      }),
    run: async (hub, book) => {
      const till = hub.client({ role: 'manager', encoding: 'json' });
      const restaurant = new Restaurant(book);
      await Promise.all([1, 2, 3].map(() => restaurant.serve(till)));
      const next = await restaurant.handOver(till, shift);
      await Promise.all([1, 2].map(() => restaurant.serve(till)));
      await restaurant.closeShift(till, next);
      till.close();
    },
  };
}
