/** A restaurant with its hub, network and devices in one virtual time, from one seed. */
import { HOUSE_MOVES } from '../support/random-traffic/house-moves.js';
import type { Setting, Wanted } from '../support/random-traffic/moves.js';
import { ORDER_MOVES } from '../support/random-traffic/order-moves.js';
import { Random } from '../support/random-traffic/random.js';
import { HUB_LIMITS } from '../../src/hub/options.js';
import { EVENING } from '../support/hub.js';
import { Device } from './device.js';
import { Faults, LOOK_MS } from './faults.js';
import { BRANCH, House } from './house.js';
import { Network } from './network.js';
import { ALL_VIEWS, choosePeople } from './people.js';
import type { Plant } from './plant.js';
import type { Tab } from './tab.js';
import { Trace } from './trace.js';
import { Truth } from './truth.js';
import { VirtualTime, WallClock } from './virtual-time.js';
import { Watch } from './watch.js';
import { chooseWeather, FAIR } from './weather.js';

const MOVES = [...ORDER_MOVES, ...HOUSE_MOVES];
/** Tries to find something to do, before somebody has nothing to do. */
const TRIES = 5;
/** What the hub sends is under way for at most this long, beside the network's own latency: views that are derived. */
const DERIVED_MS = 1_500;

export interface SimulationOptions {
  readonly seed: number;
  readonly clients: number;
  readonly plant: Plant;
  /** Told each line of the trace; null: only the digest is kept. */
  readonly onTrace: ((line: string) => void) | null;
}

export class Simulation {
  readonly time = new VirtualTime();
  readonly dice: Random;
  readonly trace: Trace;
  readonly house: House;
  readonly network: Network;
  readonly truth = new Truth(BRANCH, ALL_VIEWS);
  readonly devices: Device[] = [];
  readonly watch: Watch;
  readonly #options: SimulationOptions;
  readonly #faults: Faults;
  #lastId = 0;
  #looksAt = 0;

  constructor(options: SimulationOptions) {
    const { seed, plant, onTrace } = options;
    this.#options = options;
    this.dice = new Random(seed);
    const { time, dice } = this;
    this.trace = new Trace(time, onTrace);
    const parts = { time, dice, plant, trace: this.trace };
    this.house = new House(parts);
    this.network = new Network({ ...parts, weather: chooseWeather(dice) });
    this.network.attach(this.house);
    this.watch = new Watch(this.truth);
    this.#faults = new Faults(this, dice);
    this.house.onStart = (hub) => {
      void this.truth.follow(hub);
    };
  }

  get tabs(): readonly Tab[] {
    return this.devices.flatMap(({ tab }) => (tab === null ? [] : [tab]));
  }

  async open(): Promise<void> {
    await this.house.seed();
    await this.house.start();
    const { time, dice, network, house } = this;
    const { plant, clients } = this.#options;
    for (const person of choosePeople(dice, clients)) {
      const clock = new WallClock(time, EVENING);
      clock.skewMs = Math.round((dice.next() * 2 - 1) * network.weather.skewMs);
      const hasQueue = dice.chance(0.6);
      const parts = { person, time, clock, hubClock: house.clock, dice, network, plant };
      this.devices.push(new Device({ ...parts, hasQueue }));
    }
    await this.pass(3_000);
  }

  startHub(): void {
    if (this.house.hub === null) void this.house.start();
  }

  /** Business, with everything that may go wrong. */
  async evening(milliseconds: number): Promise<void> {
    const until = this.time.now + milliseconds;
    while (this.time.now < until) {
      for (let count = this.dice.whole(0, 2); count > 0; count -= 1) this.#act();
      this.#faults.strike();
      this.#wake();
      await this.pass(LOOK_MS);
    }
  }

  /** Nothing goes wrong any more, and whoever is away comes back. */
  async calm(milliseconds: number): Promise<void> {
    this.network.weather = FAIR;
    for (let passed = 0; passed < milliseconds; passed += 5_000) {
      await this.pass(5_000);
      this.#wake();
    }
  }

  pass(milliseconds: number): Promise<void> {
    return this.time.pass(milliseconds, () => {
      this.#observe();
    });
  }

  /** Lets time go on until the promise is settled. */
  async during<T>(promise: Promise<T>): Promise<T> {
    const waiting = new Set([promise]);
    const settled = (): void => {
      waiting.clear();
    };
    promise.then(settled, settled);
    for (let waited = 0; waiting.size > 0; waited += 1) {
      if (waited > 60_000) throw new Error('a request of the simulation itself was never answered');
      await this.pass(1);
    }
    return promise;
  }

  newId(kind: string): string {
    this.#lastId += 1;
    return `${BRANCH}-${kind}-${String(this.#lastId)}`;
  }

  #observe(): void {
    const { now } = this.time;
    this.truth.look(now);
    if (now < this.#looksAt) return;
    this.#looksAt = now + 100;
    const { latencyMs, lostDeltas } = this.network.weather;
    // That a delta was lost shows at the next heartbeat.
    const lostMs = lostDeltas > 0 ? HUB_LIMITS.heartbeatMs : 0;
    this.watch.look(now, this.tabs, DERIVED_MS + latencyMs + lostMs);
  }

  /** Somebody says that a client that was told not to come back shall try again. */
  #wake(): void {
    for (const device of this.devices) {
      if (device.tab?.client.state.kind === 'refused') device.tab.client.connect();
    }
  }

  #act(): void {
    const tab = this.dice.pick(this.tabs);
    if (tab === undefined) return;
    if (tab.decideOnRefused()) return;
    const wanted = this.#want(tab);
    if (wanted !== null) tab.ask(wanted);
  }

  #want(who: Tab): Wanted | null {
    const setting: Setting = { who, dice: this.dice, newId: (kind) => this.newId(kind) };
    const moves = MOVES.filter(({ roles }) => roles.includes(who.post.role));
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const wanted = this.dice.weighted(moves)?.make(setting) ?? null;
      if (wanted !== null) return wanted;
    }
    return null;
  }
}
