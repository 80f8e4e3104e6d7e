/** Brings the weather about: looks at everything once in a while and lets things break by chance. */
import type { Random } from '../support/random-traffic/random.js';
import type { Device } from './device.js';
import type { Link } from './link.js';
import type { House } from './house.js';
import type { Network } from './network.js';
import type { Trace } from './trace.js';
import type { Truth } from './truth.js';
import type { VirtualTime } from './virtual-time.js';

/** Between two looks, in milliseconds. */
export const LOOK_MS = 250;
const HOUR_MS = 3_600_000;

/** All that can break. */
export interface Breakable {
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly house: House;
  readonly network: Network;
  readonly truth: Truth;
  readonly devices: readonly Device[];
  /** Unless one runs. */
  startHub(): void;
}

export class Faults {
  readonly #simulation: Breakable;
  readonly #dice: Random;

  constructor(simulation: Breakable, dice: Random) {
    this.#simulation = simulation;
    this.#dice = dice;
  }

  /** What may happen in one look's time. */
  strike(): void {
    const { network, devices } = this.#simulation;
    const { weather } = network;
    for (const link of network.links) {
      if (this.#happens(weather.cuts)) this.#cut(link);
      if (this.#happens(weather.silences)) this.#silence(link);
      if (this.#happens(weather.holds)) this.#hold(link);
    }
    for (const device of devices) {
      if (this.#happens(weather.outages)) this.#outage(device);
      if (this.#happens(weather.reloads)) this.#reload(device);
      if (this.#happens(weather.powerCuts)) this.#powerCut(device);
      if (this.#happens(weather.clockJumps)) this.#jump(device);
    }
    if (this.#happens(weather.crashes)) this.#crash();
    if (this.#happens(weather.drains)) this.#drain();
  }

  #happens(perSecond: number): boolean {
    return perSecond > 0 && this.#dice.chance((perSecond * LOOK_MS) / 1_000);
  }

  #told(fault: string): void {
    this.#simulation.trace.add(`fault: ${fault}`);
  }

  #cut(link: Link): void {
    this.#told(`${link.id} is cut`);
    const { network } = this.#simulation;
    link.breaks({ clientMs: network.lateMs(), hubMs: network.lateMs() });
  }

  #silence(link: Link): void {
    const direction = this.#dice.pick(['up', 'down', 'both'] as const) ?? 'both';
    this.#told(`${link.id} falls silent: ${direction}`);
    link.silence(direction);
  }

  #hold(link: Link): void {
    this.#told(`${link.id} is held`);
    link.holds();
    this.#simulation.time.after(this.#dice.whole(200, 18_000), () => {
      link.releases();
    });
  }

  #outage(device: Device): void {
    const { tab } = device;
    if (tab?.outlet.isReachable !== true) return;
    const { outlet } = tab;
    this.#told(`${outlet.who} has no network`);
    const links = this.#simulation.network.of(outlet);
    outlet.isReachable = false;
    const isShort = this.#dice.chance(0.5);
    for (const link of links) {
      if (isShort) link.holds();
      else link.silence('both');
    }
    this.#simulation.time.after(this.#dice.whole(500, isShort ? 8_000 : 40_000), () => {
      outlet.isReachable = true;
      for (const link of links) link.releases();
      if (isShort) tab.wake();
    });
  }

  /** The page is loaded anew: its sockets are closed. */
  #reload(device: Device): void {
    const { tab } = device;
    if (tab === null) return;
    this.#told(`${tab.who} is reloaded`);
    const { network } = this.#simulation;
    const links = network.of(tab.outlet);
    tab.kill();
    for (const link of links) link.breaks({ clientMs: null, hubMs: network.lateMs() });
    this.#startSoon(device, this.#dice.whole(20, 1_500));
  }

  /** Nobody closes anything. */
  #powerCut(device: Device): void {
    const { tab } = device;
    if (tab === null) return;
    this.#told(`${tab.who} has no power`);
    const links = this.#simulation.network.of(tab.outlet);
    tab.kill();
    for (const link of links) link.breaks({ clientMs: null, hubMs: null });
    this.#startSoon(device, this.#dice.whole(1_000, 20_000));
  }

  #startSoon(device: Device, delayMs: number): void {
    this.#simulation.time.after(delayMs, () => {
      device.start();
    });
  }

  #jump(device: Device): void {
    const skewMs = Math.round((this.#dice.next() * 2 - 1) * 6 * HOUR_MS);
    this.#told(`the clock of ${device.person.name} jumps to ${String(skewMs)} ms`);
    device.clock.skewMs = skewMs;
  }

  #crash(): void {
    const { house, network, time, truth } = this.#simulation;
    if (house.hub === null) return;
    const isProcess = this.#dice.chance(0.6);
    house.crash();
    truth.lost();
    for (const link of network.links) {
      link.abandonedByHub();
      // A process that dies leaves a kernel that says so; a machine without power says nothing.
      link.breaks({ clientMs: isProcess ? network.lateMs() : null, hubMs: null });
    }
    time.after(this.#dice.whole(20, 9_000), () => {
      this.#simulation.startHub();
    });
  }

  #drain(): void {
    const { house, time, truth } = this.#simulation;
    const { hub } = house;
    if (hub?.state !== 'ready') return;
    void house.drain().then(() => {
      // It may have died meanwhile, and another one started.
      if (house.hub !== null) return;
      truth.lost();
      time.after(this.#dice.whole(20, 3_000), () => {
        this.#simulation.startHub();
      });
    });
  }
}
