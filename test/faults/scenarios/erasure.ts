/** An archived order is erased: it comes back, is emptied, its file is written anew without it, and it goes into the archive again. */
import type { HubProcess } from '../../support/hub-process.js';
import type { HubScenario } from '../recording/recorder.js';
import { archivedShifts } from './archive.js';
import { Restaurant } from './restaurant.js';

/** Under which is shown which order was erased. */
export const ERASED = 'an order that was erased';

export interface ErasedOrder {
  readonly orderId: string;
  /** Of a command that was given after the erasure was answered. */
  readonly after: string;
}

export function erasure(): HubScenario {
  let orderId = '';
  return {
    name: 'erasure',
    prepare: async (directory, book) => {
      orderId = (await archivedShifts(directory, book)).orderId;
    },
    run: async (hub, book) => {
      const till = hub.client({ role: 'manager', encoding: 'json' });
      const restaurant = new Restaurant(book);
      const shift = await restaurant.openShift(till);
      await post(hub, `/branches/main/orders/${orderId}/erase-personal-data`, {});
      await restaurant.payIn(till, shift);
      book.shown.set(ERASED, { orderId, after: book.commands.at(-1)?.key ?? '' });
      await Promise.all([
        post(hub, '/archive', { older_than_hours: 0 }),
        restaurant.serve(till),
        restaurant.serve(till),
      ]);
      await restaurant.handOver(till, shift);
      till.close();
    },
  };
}

/** Resolves when it was done. */
async function post(hub: HubProcess, path: string, body: object): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${hub.port}/api/v1${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${hub.token({ role: 'admin' })}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  if (response.status !== 200) throw new Error(`${path}: ${await response.text()}`);
}
