/** An evening from an empty directory on: three tills at once, a close, a handover, and the hub's orderly end. */
import type { HubProcess } from '../../support/hub-process.js';
import type { CommandBook } from '../recording/command-book.js';
import type { Scenario } from '../recording/recorder.js';
import { Restaurant } from './restaurant.js';

async function evening(hub: HubProcess, book: CommandBook): Promise<void> {
  const tills = [1, 2, 3].map(() => hub.client({ role: 'manager', encoding: 'json' }));
  const [till] = tills;
  if (till === undefined) throw new Error('there is no till');
  const restaurant = new Restaurant(book);
  const first = await restaurant.openShift(till);
  await Promise.all(
    tills.map(async (each) => {
      await restaurant.serve(each);
      await restaurant.serve(each);
    }),
  );
  const left = await restaurant.ringUp(till, 3);
  await restaurant.voidLine(till, left);
  await restaurant.discount(till, left);
  await restaurant.payIn(till, first);
  const paid = await restaurant.ringUp(till);
  await restaurant.cook(till, paid);
  await restaurant.refund(till, await restaurant.pay(till, paid, 'cash'));
  await restaurant.closeShift(till, first);
  const second = await restaurant.openShift(till);
  await Promise.all([...tills, ...tills].map((each) => restaurant.ringUp(each)));
  const third = await restaurant.handOver(till, second);
  await Promise.all(tills.map((each) => restaurant.serve(each)));
  await restaurant.payIn(till, third);
  for (const each of tills) each.close();
}

export function orders(): Scenario {
  return { name: 'orders', run: evening };
}
