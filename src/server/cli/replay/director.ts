/** Plays the plan day by day: opens the shift, has every order played at its time, compares the screens, closes the shift. */
import type { Timers } from '../../../base/clock.js';
import type { Readable } from '../../../client/index.js';
import type { Agenda } from './agenda.js';
import { compareWithSnapshots } from './comparison.js';
import type { Crew } from './crew.js';
import { derivedNumber } from './identity.js';
import type { Ledger } from './ledger.js';
import type { Outage } from './outage.js';
import type { PlannedDay, PlannedOrder } from './plan.js';
import { closeShift, openShift } from './shifts.js';

export interface DirectorOptions {
  readonly branchId: string;
  readonly crew: Crew;
  readonly agenda: Agenda;
  readonly ledger: Ledger;
  /** Cuts the tills off in the middle of each day; null: nothing does. */
  readonly outage: Outage | null;
  readonly timers: Timers;
  /** A line for the operator. */
  readonly say: (line: string) => void;
  /** Told when a day is over. */
  readonly onDay: (day: PlannedDay) => void;
}

export interface Played {
  readonly comparisons: number;
  readonly replicas: number;
  readonly rows: number;
  readonly differences: readonly string[];
  /** A shift that somebody else opened and that was left open; null: none. */
  readonly shiftLeftOpen: string | null;
}

/** How often the end of a day with an outage is looked for, in real milliseconds. */
const LOOK_MS = 100;

export class Director {
  readonly #options: DirectorOptions;
  #comparisons = 0;
  #replicas = 0;
  #rows = 0;
  readonly #differences: string[] = [];
  #shiftLeftOpen: string | null = null;

  constructor(options: DirectorOptions) {
    this.#options = options;
  }

  async play(days: readonly PlannedDay[]): Promise<Played> {
    for (const day of days) {
      await this.#playDay(day);
      this.#options.onDay(day);
    }
    await this.#compare();
    return {
      comparisons: this.#comparisons,
      replicas: this.#replicas,
      rows: this.#rows,
      differences: this.#differences,
      shiftLeftOpen: this.#shiftLeftOpen,
    };
  }

  async #playDay(day: PlannedDay): Promise<void> {
    const { agenda, branchId, crew, ledger, outage } = this.#options;
    agenda.passTo(day.opensAt);
    const shift = await openShift(crew.manager, ledger, { branchId, day });
    if (outage !== null) await this.#shown(shift.id);
    for (const order of day.orders) {
      agenda.at(order.at, (begun) => this.#tillOf(order).play(order, begun), 'ordered');
    }
    const middle = day.orders[Math.floor(day.orders.length / 2)];
    if (middle !== undefined) agenda.at(middle.at, () => this.#halfTime(), 'alone');
    await agenda.idle();
    if (outage !== null) await this.#catchUp(outage, day);
    if (!shift.ours) {
      this.#shiftLeftOpen = shift.id;
      return;
    }
    const version = await closeShift(crew.manager, ledger, { branchId, day, shift });
    if (version === null) return;
    await Promise.all(crew.orders.map((orders) => orders.until((held) => held.version >= version)));
  }

  #tillOf(order: PlannedOrder): Crew['tills'][number] {
    const { tills } = this.#options.crew;
    const till = tills[derivedNumber(tills.length, 'till', order.id)];
    if (till === undefined) throw new Error('there is no till');
    return till;
  }

  /** A till that shows no open shift takes no orders. */
  async #shown(shiftId: string): Promise<void> {
    const { branchId, crew } = this.#options;
    const shifts = crew.tillClients.map((client) => client.subscribe(`${branchId}/shift`));
    await Promise.all(
      shifts.map((shift) => shift.until((held) => held.row('pos_shift', shiftId) !== undefined)),
    );
  }

  async #halfTime(): Promise<void> {
    const { crew, outage, say } = this.#options;
    await this.#compare();
    if (outage === null) return;
    await allSettled(crew.desks);
    say('the tills are cut off');
    outage.begin(() => {
      const held = crew.tillClients.map(({ queue }) => queue.length);
      say(`the tills are connected again; they hold ${held.join(', ')} commands`);
    });
  }

  /** What the tills did alone reaches the hub, the kitchen cooks it, and guests who were waited for pay. */
  async #catchUp(outage: Outage, day: PlannedDay): Promise<void> {
    const { agenda, crew, timers } = this.#options;
    await outage.over();
    while (!crew.orders.every((orders) => hasFinished(orders, day))) {
      await agenda.idle();
      await allSettled(crew.desks);
      await new Promise<void>((resolve) => {
        timers.after(LOOK_MS, resolve);
      });
    }
    await agenda.idle();
  }

  async #compare(): Promise<void> {
    const { crew } = this.#options;
    const { replicas, rows, differences } = await compareWithSnapshots(crew.replicas, crew.witness);
    this.#comparisons += 1;
    this.#replicas += replicas;
    this.#rows += rows;
    this.#differences.push(...differences);
  }
}

async function allSettled(desks: Crew['desks']): Promise<void> {
  await Promise.all(desks.map((desk) => desk.settled()));
}

/** Each order is closed, and its lines are served. */
function hasFinished(orders: Readable, day: PlannedDay): boolean {
  return day.orders.every(({ id }) => {
    if (orders.row('order_header', id)?.status !== 'closed') return false;
    const lines = orders.where('order_line', 'order_id', id);
    return [...lines.values()].every(({ status }) => status === 'served');
  });
}
