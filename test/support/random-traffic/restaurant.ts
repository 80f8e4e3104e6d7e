/**
 * Two restaurants on one hub, with everybody at their devices. Nothing in it waits for a clock: time goes on by hand, and it
 * turns the event loop until nothing is under way.
 */
import { SettableClock } from '../../../src/base/clock.js';
import type { HubLimits } from '../../../src/hub/options.js';
import type { Role } from '../../../src/domain/rows.js';
import { EVENING, seedStore, TestHub } from '../hub.js';
import type { Store } from '../../../src/store/port.js';
import type { Engine } from './engine.js';
import { Journal } from './journal.js';
import { TRAFFIC_BRANCHES, trafficSeed } from './menu.js';
import { notingRollovers } from './noting-rollovers.js';
import { Participant, type FollowedView } from './participant.js';
import type { Random } from './random.js';

/** Small, so that a stalled client is soon behind. */
const LIMITS: Partial<HubLimits> = { outboxBytesMax: 8_000, socketBytesMax: 4_000 };

/** Longer than anything derived is held back. */
const DERIVED_MS = 2_500;

/** Turns of the event loop that nothing may take. */
const TURNS_MAX = 200_000;

function views(branchId: string, role: Role, station: string): readonly FollowedView[] {
  const at: FollowedView = { view: 'kitchen', station: `${branchId}-${station}` };
  const all: FollowedView = { view: 'kitchen' };
  const [orders, board, menu, shift, devices] = (
    ['orders', 'board', 'menu', 'shift', 'devices'] as const
  ).map((view): FollowedView => ({ view }));
  const byRole: Record<Role, (FollowedView | undefined)[]> = {
    kitchen: station === 'expo' ? [all, board, menu] : [at, menu],
    waiter: [orders, menu, board, at],
    cashier: [orders, menu, shift, all],
    manager: [all, orders, menu, shift, devices, board, at],
    admin: [orders],
  };
  return byRole[role].filter((followed) => followed !== undefined);
}

type Person = readonly [name: string, role: Role, station: string];

const PEOPLE: Readonly<Record<(typeof TRAFFIC_BRANCHES)[number], readonly Person[]>> = {
  north: [
    ['till-1', 'cashier', 'grill'],
    ['till-2', 'cashier', 'bar'],
    ['waiter-1', 'waiter', 'grill'],
    ['waiter-2', 'waiter', 'fry'],
    ['grill', 'kitchen', 'grill'],
    ['fry', 'kitchen', 'fry'],
    ['expo', 'kitchen', 'expo'],
    ['manager', 'manager', 'bar'],
  ],
  south: [
    ['till', 'cashier', 'grill'],
    ['waiter', 'waiter', 'bar'],
    ['grill', 'kitchen', 'grill'],
    ['expo', 'kitchen', 'expo'],
    ['manager', 'manager', 'fry'],
  ],
};

export class Restaurant {
  readonly journal: Journal;
  readonly clock: SettableClock;
  readonly engine: Engine;
  readonly participants: readonly Participant[];
  readonly #random: Random;
  #hub: TestHub;
  #lastId = 0;

  private constructor(parts: {
    readonly clock: SettableClock;
    readonly engine: Engine;
    readonly random: Random;
    readonly journal: Journal;
    readonly hub: TestHub;
  }) {
    this.journal = parts.journal;
    this.clock = parts.clock;
    this.engine = parts.engine;
    this.#random = parts.random;
    this.#hub = parts.hub;
    this.participants = TRAFFIC_BRANCHES.flatMap((branchId) =>
      PEOPLE[branchId].map(([name, role, station], index) => {
        const encoding = index % 3 === 1 ? 'json' : 'msgpack';
        const followed = views(branchId, role, station);
        const post = { name: `${branchId}-${name}`, role, branchId, encoding, views: followed };
        return new Participant({ ...post, encoding }, this.journal);
      }),
    );
  }

  static async open(
    makeEngine: (clock: SettableClock) => Engine | Promise<Engine>,
    random: Random,
  ): Promise<Restaurant> {
    const clock = new SettableClock(EVENING);
    const engine = await makeEngine(clock);
    await engine.store.load();
    await seedStore(engine.store, TRAFFIC_BRANCHES.map(trafficSeed), clock.now());
    const journal = new Journal();
    const hub = await openOn({ store: engine.store, clock, random, journal });
    const restaurant = new Restaurant({ clock, engine, random, journal, hub });
    for (const participant of restaurant.participants) participant.connect(hub);
    await restaurant.quiet();
    return restaurant;
  }

  get hub(): TestHub {
    return this.#hub;
  }

  /** An id that nobody has used, which tells its branch and kind. */
  newId(branchId: string, kind: string): string {
    this.#lastId += 1;
    return `${branchId}-${kind}-${String(this.#lastId)}`;
  }

  inBranch(branchId: string): readonly Participant[] {
    return this.participants.filter(({ post }) => post.branchId === branchId);
  }

  /** Lets the event loop turn this often; clients answer what they are asked meanwhile. */
  async turn(times = 1): Promise<void> {
    for (let turn = 0; turn < times; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      for (const participant of this.participants) participant.pump();
    }
  }

  /** Until every answer that can come has come, and a little longer for what is still to be told. */
  async quiet(): Promise<void> {
    let turns = 0;
    while (this.participants.some(({ waits }) => waits)) {
      await this.turn();
      turns += 1;
      if (turns > TURNS_MAX) throw new Error('an answer never came');
    }
    await this.turn(6);
  }

  /** Time goes on: for the hub's timers and for its clock. */
  pass(milliseconds: number): void {
    this.clock.advance(milliseconds);
    this.#hub.timers.advance(milliseconds);
  }

  /** Everybody is back, has read everything and knows what is derived. */
  async calm(): Promise<void> {
    for (const participant of this.participants) {
      if (participant.isStalled) participant.resume();
    }
    await this.quiet();
    for (let round = 0; round < 6; round += 1) {
      for (const participant of this.participants) {
        if (participant.client === null) participant.connect(this.#hub);
      }
      await this.quiet();
      this.pass(DERIVED_MS);
      await this.quiet();
    }
  }

  /**
   * The hub ends and another one starts on the same store. Clean: it drains, and its clients come back by themselves. Unclean:
   * every connection is cut at once with whatever is under way, and the store is found as a crash would leave it.
   */
  async restart(clean: boolean): Promise<void> {
    if (clean) await this.#drain();
    for (const participant of this.participants) participant.drop();
    await this.#idle();
    const store = await this.engine.reopen(clean);
    const { clock, journal } = this;
    this.#hub = await openOn({ store, clock, random: this.#random, journal });
    for (const participant of this.participants) participant.connect(this.#hub);
    await this.quiet();
  }

  async close(): Promise<void> {
    for (const participant of this.participants) participant.drop();
    await this.#idle();
    await this.engine.close();
  }

  async #drain(): Promise<void> {
    const drained = this.#hub.hub.drain();
    while (this.#hub.hub.state !== 'closed') {
      this.#hub.timers.advance(50);
      await this.turn(2);
    }
    await drained;
  }

  /** Until what was handed to the store is settled, for nobody any more. */
  async #idle(): Promise<void> {
    for (let turns = 0; turns < TURNS_MAX; turns += 1) {
      await this.turn();
      const { running_commands: running = 0 } = this.#hub.hub.stats();
      if (running === 0) return;
    }
    throw new Error('the hub never came to rest');
  }
}

interface HubParts {
  readonly store: Store;
  readonly clock: SettableClock;
  readonly random: Random;
  readonly journal: Journal;
}

function openOn({ store, clock, random, journal }: HubParts): Promise<TestHub> {
  const noted = notingRollovers(store, journal);
  return TestHub.open({ store: noted, clock, limits: LIMITS, random: random.next });
}
