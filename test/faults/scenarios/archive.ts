/** A hub that archives at its start the orders of closed shifts and the events before, while tills go on and one order comes back. */
import type { Client } from '../../../src/client/client.js';
import { runCommand, type HubProcess } from '../../support/hub-process.js';
import { CommandBook } from '../recording/command-book.js';
import { withHubHere } from '../recording/hub-here.js';
import type { Scenario } from '../recording/recorder.js';
import { Restaurant } from './restaurant.js';

/** With the orders' more than the fewest events that are worth a segment. */
const PAID_IN = 230;
const ORDERS = 6;
/** Events of a quiet branch wait for a week until so few will do. */
export const LONG_AGO_MS = 9 * 86_400_000;
const POLL_MS = 20;

/** Under which it is shown what was acknowledged long ago. */
export const PAST = 'commits of long ago';

export interface PastCommit {
  readonly key: string;
  readonly version: number;
  /** Of an order that it opened. */
  readonly opened: string | null;
}

export function pastOf({ commands, answers }: CommandBook): PastCommit[] {
  return commands.map(({ key, name, payload }) => ({
    ...{ key, version: answers.get(key)?.version ?? 0 },
    opened: name === 'order.open' && 'order_id' in payload ? String(payload.order_id) : null,
  }));
}

export function archive(): Scenario {
  let payment = '';
  return {
    name: 'archive',
    flags: ['--archive-after-hours', '0'],
    prepare: async (directory, book) => {
      payment = (await pastShifts(directory, book)).paymentId;
    },
    run: async (hub, book) => {
      const tills = [1, 2].map(() => hub.client({ role: 'manager', encoding: 'json' }));
      const [till] = tills;
      if (till === undefined) throw new Error('there is no till');
      const restaurant = new Restaurant(book);
      const shift = await restaurant.openShift(till);
      await Promise.all(tills.map((each) => restaurant.serve(each)));
      await archived(hub);
      await Promise.all([
        restaurant.refund(till, payment),
        ...tills.map((each) => restaurant.serve(each)),
      ]);
      await restaurant.handOver(till, shift);
      for (const each of tills) each.close();
    },
  };
}

interface PaidOrder {
  readonly orderId: string;
  readonly paymentId: string;
}

/** Of which the keys expire meanwhile: what is left to be held against is the commits. Gives an order of them. */
async function pastShifts(directory: string, book: CommandBook): Promise<PaidOrder> {
  const clock = { now: () => Date.now() - LONG_AGO_MS };
  const past = new CommandBook('past/');
  let order: PaidOrder = { orderId: '', paymentId: '' };
  const shifts = async (till: Client): Promise<void> => {
    order = await twoShifts(till, past);
    book.shown.set(PAST, pastOf(past));
  };
  await withHubHere(directory, shifts, { clock, rollover: false });
  return order;
}

/** The same, in the archive. */
export async function archivedShifts(directory: string, book: CommandBook): Promise<PaidOrder> {
  const order = await pastShifts(directory, book);
  const { code, output } = runCommand(['archive', '--data', directory]);
  if (code !== 0) throw new Error(output);
  return order;
}

/** Two that are closed; gives an order of the first. */
export async function twoShifts(till: Client, book: CommandBook): Promise<PaidOrder> {
  const restaurant = new Restaurant(book);
  const first = await restaurant.openShift(till);
  const paid = await restaurant.ringUp(till);
  await restaurant.cook(till, paid);
  const paymentId = await restaurant.pay(till, paid, 'card');
  await restaurant.closeOrder(till, paid);
  for (let orders = 1; orders < ORDERS / 2; orders += 1) await restaurant.serve(till);
  const many = Array.from({ length: PAID_IN }, () => restaurant.payIn(till, first));
  await Promise.all(many);
  const second = await restaurant.handOver(till, first);
  for (let orders = 0; orders < ORDERS / 2; orders += 1) await restaurant.serve(till);
  await restaurant.closeShift(till, second);
  return { orderId: paid.orderId, paymentId };
}

/** Resolves when the first run has moved all that there was. */
async function archived(hub: HubProcess): Promise<void> {
  for (;;) {
    const metrics = await hub.text('/metrics');
    if (/^expeditor_store_archive_orders(?:\{.*\})? [1-9]/m.test(metrics)) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
