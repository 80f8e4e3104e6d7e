/** Plays the plan day by day: opens the shift, has every order played at its time, compares the screens, closes the shift. */
import type { Agenda } from './agenda.js';
import { compareWithSnapshots } from './comparison.js';
import type { Crew } from './crew.js';
import { derivedNumber } from './identity.js';
import type { Ledger } from './ledger.js';
import type { PlannedDay, PlannedOrder } from './plan.js';
import { closeShift, openShift } from './shifts.js';

export interface DirectorOptions {
  readonly branchId: string;
  readonly crew: Crew;
  readonly agenda: Agenda;
  readonly ledger: Ledger;
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
    const { agenda, branchId, crew, ledger } = this.#options;
    agenda.passTo(day.opensAt);
    const shift = await openShift(crew.manager, ledger, { branchId, day });
    for (const order of day.orders) {
      agenda.at(order.at, (begun) => this.#tillOf(order).play(order, begun), 'ordered');
    }
    const middle = day.orders[Math.floor(day.orders.length / 2)];
    if (middle !== undefined) agenda.at(middle.at, () => this.#compare(), 'alone');
    await agenda.idle();
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

  async #compare(): Promise<void> {
    const { crew } = this.#options;
    const { replicas, rows, differences } = await compareWithSnapshots(crew.replicas, crew.witness);
    this.#comparisons += 1;
    this.#replicas += replicas;
    this.#rows += rows;
    this.#differences.push(...differences);
  }
}
