/** The ends of shifts: yesterday's rolls over at the start, then a handover, a close and the next morning, with sales between. */
import type { Client } from '../../../src/client/client.js';
import type { CommandBook } from '../recording/command-book.js';
import { withHubHere } from '../recording/hub-here.js';
import type { Scenario } from '../recording/recorder.js';
import { Restaurant } from './restaurant.js';

/** Longer than any day. */
const YESTERDAY_MS = 26 * 3_600_000;
const POLL_MS = 20;

export function close(): Scenario {
  let yesterdays = '';
  return {
    name: 'close',
    prepare: (directory, book) => {
      const clock = { now: () => Date.now() - YESTERDAY_MS };
      const evening = async (till: Client): Promise<void> => {
        const restaurant = new Restaurant(book);
        yesterdays = await restaurant.openShift(till);
        await restaurant.serve(till);
        await restaurant.ringUp(till);
      };
      return withHubHere(directory, evening, { clock, rollover: false });
    },
    run: async (hub, book) => {
      const tills = [1, 2].map(() => hub.client({ role: 'manager', encoding: 'json' }));
      const [till] = tills;
      if (till === undefined) throw new Error('there is no till');
      const shift = await rolledOver(till, yesterdays);
      book.learn('pos_shift', shift, 1);
      await turns({ book, tills, till, yesterdays, shift });
      for (const each of tills) each.close();
    },
  };
}

/** The shift that follows. */
async function rolledOver(till: Client, before: string): Promise<string> {
  for (;;) {
    const { report } = await till.query('shift.report', { kind: 'x' });
    if (report.shift.id !== before) return report.shift.id;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

interface Turns {
  readonly book: CommandBook;
  readonly tills: readonly Client[];
  readonly till: Client;
  readonly yesterdays: string;
  /** The one that is open. */
  readonly shift: string;
}

async function turns({ book, tills, till, yesterdays, shift }: Turns): Promise<void> {
  const restaurant = new Restaurant(book);
  const busy = async (): Promise<void> => {
    await Promise.all(tills.map((each) => restaurant.serve(each)));
  };
  await restaurant.showZ(till, yesterdays);
  await busy();
  const second = await restaurant.handOver(till, shift);
  await Promise.all([restaurant.showZ(till, shift), busy()]);
  await restaurant.ringUp(till);
  await restaurant.closeShift(till, second);
  const third = await restaurant.openShift(till);
  await Promise.all([restaurant.showZ(till, second), busy()]);
  await restaurant.closeShift(till, third);
  await restaurant.showZ(till, third);
}
