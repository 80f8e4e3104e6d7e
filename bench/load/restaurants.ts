/** Several branches at work on one hub, shift after shift, in time that goes faster than life. */
import { Latencies, type LatencySummary } from '../measure/latency.js';
import { Agenda } from './agenda.js';
import { RECORDS_PER_ORDER, Restaurant } from './restaurant.js';

export interface RestaurantsOptions {
  readonly port: number;
  readonly branches: readonly { readonly id: string; readonly tokens: readonly string[] }[];
}

export interface ShiftOptions {
  readonly seconds: number;
  readonly ordersPerBranch: number;
  /** From the opening of an order to its close. */
  readonly orderSeconds: number;
  /** What comes when the time is over: the next shift, or the end, when every order is finished. */
  readonly then: 'change shift' | 'finish';
}

export interface ShiftReport {
  readonly commands: number;
  /** New rows: orders, lines and payments. */
  readonly records: number;
  /** From the moment at which a command was due. */
  readonly latency: LatencySummary;
  /** The shift's close and the opening of the next, of the branch that took longest. */
  readonly changeMs: number;
}

/** An order's steps from its opening to its close. */
const STEPS = 10;
const QUIET_POLL_MS = 5;
const QUIET_WAIT_MS = 30_000;

export class Restaurants {
  readonly #agenda = new Agenda();
  readonly #restaurants: readonly Restaurant[];
  readonly #options: RestaurantsOptions;
  /** Where the day stands; it stands still while shifts change. */
  #nowMs = 0;
  #dayBeganAt = 0;
  #latencies = new Latencies();
  #commands = 0;
  #error: unknown = null;

  constructor(options: RestaurantsOptions) {
    this.#options = options;
    this.#restaurants = options.branches.map(
      ({ id }) =>
        new Restaurant({
          branchId: id,
          agenda: this.#agenda,
          answered: (dueMs) => {
            this.#commands += 1;
            this.#latencies.record(performance.now() - this.#dayBeganAt - dueMs);
          },
          failed: (error) => {
            this.#error ??= error;
          },
        }),
    );
  }

  async open(): Promise<void> {
    const { port, branches } = this.#options;
    for (const [index, restaurant] of this.#restaurants.entries()) {
      await restaurant.open(port, branches[index]?.tokens ?? []);
    }
  }

  close(): void {
    for (const restaurant of this.#restaurants) restaurant.close();
  }

  async shift({ seconds, ordersPerBranch, ...options }: ShiftOptions): Promise<ShiftReport> {
    const fromMs = this.#nowMs;
    const untilMs = fromMs + seconds * 1_000;
    this.#commands = 0;
    this.#latencies = new Latencies();
    const spacingMs = (seconds * 1_000) / ordersPerBranch;
    for (const [index, restaurant] of this.#restaurants.entries()) {
      const offsetMs = (spacingMs * index) / this.#restaurants.length;
      for (let order = 0; order < ordersPerBranch; order += 1) {
        const beginsMs = fromMs + offsetMs + order * spacingMs;
        restaurant.plan(beginsMs, (options.orderSeconds * 1_000) / STEPS);
      }
    }
    this.#dayBeganAt = performance.now() - fromMs;
    const isLast = options.then === 'finish';
    await this.#agenda.run(fromMs, (nowMs) => {
      this.#nowMs = nowMs;
      const isOver = nowMs >= untilMs && (!isLast || (this.#agenda.size === 0 && this.#isQuiet()));
      return this.#error === null && !isOver;
    });
    await this.#untilQuiet();
    const records = this.#restaurants.length * ordersPerBranch * RECORDS_PER_ORDER;
    const latency = this.#latencies.summary();
    return { commands: this.#commands, records, latency, changeMs: await this.#change(isLast) };
  }

  async #change(isLast: boolean): Promise<number> {
    const took = await Promise.all(
      this.#restaurants.map(async (restaurant) => {
        const from = performance.now();
        await (isLast ? restaurant.closeShift() : restaurant.changeShift());
        return performance.now() - from;
      }),
    );
    return Math.max(...took);
  }

  #isQuiet(): boolean {
    return this.#restaurants.every(({ inFlight }) => inFlight === 0);
  }

  async #untilQuiet(): Promise<void> {
    const deadline = performance.now() + QUIET_WAIT_MS;
    while (this.#error === null && !this.#isQuiet()) {
      if (performance.now() > deadline) throw new Error('commands stay without an answer');
      await new Promise((resolve) => setTimeout(resolve, QUIET_POLL_MS));
    }
    if (this.#error !== null) throw asError(this.#error);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
