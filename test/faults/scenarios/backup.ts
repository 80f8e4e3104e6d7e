/** `expeditor backup` beside a hub whose tills go on. */
import { join } from 'node:path';
import { withHubHere } from '../recording/hub-here.js';
import type { HubScenario } from '../recording/recorder.js';
import { Restaurant } from './restaurant.js';

/** The backup's name in the recorded root. */
export const BACKUP = 'backup.tar';
/** Under which the keys are shown that were acknowledged before the backup began. */
export const IN_BACKUP = 'keys that are in the backup';

/** Of orders while the backup is made: about as long as that takes. */
const ROUNDS = 4;

export function backup(): HubScenario {
  return {
    name: 'backup',
    beside: (root) => ['backup', '--data', join(root, 'data'), '--to', join(root, BACKUP)],
    prepare: (directory, book) =>
      withHubHere(directory, async (till) => {
        const restaurant = new Restaurant(book);
        const first = await restaurant.openShift(till);
        await restaurant.serve(till);
        await restaurant.handOver(till, first);
        await restaurant.serve(till);
      }),
    run: async (hub, book, beside) => {
      const tills = [1, 2].map(() => hub.client({ role: 'manager', encoding: 'json' }));
      const restaurant = new Restaurant(book);
      const busy = () => Promise.all(tills.map((each) => restaurant.serve(each)));
      await busy();
      book.shown.set(IN_BACKUP, [...book.answers.keys()]);
      const done = beside();
      for (let rounds = 0; rounds < ROUNDS; rounds += 1) await busy();
      await done;
      await busy();
      for (const each of tills) each.close();
    },
  };
}
