/** A tablet or a till: its clock, and the program that runs on it now. */
import { MemoryDisk } from '../../src/client/index.js';
import type { Person } from './people.js';
import { Tab, type TabParts } from './tab.js';
import type { WallClock } from './virtual-time.js';

export type DeviceParts = Omit<TabParts, 'who' | 'disk'> & {
  /** Whether what its programs do goes through a queue on its disk. */
  readonly hasQueue: boolean;
};

export class Device {
  readonly person: Person;
  readonly clock: WallClock;
  /** Every program that ever ran on it, the present one last. */
  readonly tabs: Tab[] = [];
  readonly #parts: DeviceParts;
  /** Outlives every program. */
  readonly #disk: MemoryDisk | null;

  constructor(parts: DeviceParts) {
    this.person = parts.person;
    this.clock = parts.clock;
    this.#parts = parts;
    this.#disk = parts.hasQueue ? new MemoryDisk() : null;
    this.start();
  }

  /** null: nothing runs. */
  get tab(): Tab | null {
    const tab = this.tabs.at(-1);
    return tab === undefined || tab.program.isKilled ? null : tab;
  }

  start(): Tab {
    const who = `${this.person.name}.${String(this.tabs.length + 1)}`;
    const tab = new Tab({ ...this.#parts, who, disk: this.#disk });
    this.tabs.push(tab);
    return tab;
  }
}
