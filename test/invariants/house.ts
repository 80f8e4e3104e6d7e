/** A hub on an engine of choice for tests of what happens at once, and again after a restart. */
import { SettableClock } from '../../src/base/clock.js';
import type { HubLimits } from '../../src/hub/options.js';
import type { HubClient } from '../support/hub-client.js';
import { EVENING, TestHub, type ClientOptions } from '../support/hub.js';
import { memoryEngine, sqliteEngine, type Engine } from '../support/random-traffic/engine.js';

export const ENGINES = [
  { engine: 'memory', make: memoryEngine },
  { engine: 'sqlite', make: sqliteEngine },
] as const;

export class House {
  readonly engine: Engine;
  readonly #clock: SettableClock;
  readonly #limits: Partial<HubLimits>;
  #hub: TestHub;

  private constructor(parts: {
    readonly engine: Engine;
    readonly clock: SettableClock;
    readonly limits: Partial<HubLimits>;
    readonly hub: TestHub;
  }) {
    this.engine = parts.engine;
    this.#clock = parts.clock;
    this.#limits = parts.limits;
    this.#hub = parts.hub;
  }

  static async open(
    make: (clock: SettableClock) => Engine | Promise<Engine>,
    limits: Partial<HubLimits> = {},
  ): Promise<House> {
    const clock = new SettableClock(EVENING);
    const engine = await make(clock);
    await engine.store.load();
    const hub = await TestHub.open({ store: engine.store, clock, limits });
    return new House({ engine, clock, limits, hub });
  }

  get hub(): TestHub {
    return this.#hub;
  }

  client(options: ClientOptions): Promise<HubClient> {
    return this.#hub.client(options);
  }

  /** Someone at the till, with a shift open and an order `o1` of one burger (1,200). */
  async begin(): Promise<HubClient> {
    const till = await this.client({ role: 'cashier', deviceId: 'till-1' });
    await till.command('shift.open', { opening_float: 10_000 });
    await till.command('order.open', {
      order_id: 'o1',
      order_type: 'takeaway',
      lines: [{ line_id: 'l1', item_id: 'burger', qty: 1 }],
    });
    return till;
  }

  /** Another hub on what this one left behind; nobody took leave of it. */
  async restart(): Promise<void> {
    const store = await this.engine.reopen(false);
    this.#hub = await TestHub.open({ store, clock: this.#clock, limits: this.#limits });
  }

  async close(): Promise<void> {
    await this.engine.close();
    this.engine.remove();
  }
}
