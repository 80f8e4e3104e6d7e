/**
 * One time for everything in a simulation. Events run one after another in the order of their time, then of their making, and
 * after each all that it set going comes to rest before the next one runs: so the same choices always give the same run.
 */
import type { Cancel, Clock, Timers } from '../../src/base/clock.js';

interface Event {
  readonly at: number;
  readonly order: number;
  /** null: cancelled. */
  run: (() => void) | null;
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Runs every promise that can be settled. */
export function rest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export class VirtualTime {
  /** A binary heap: the next event is the first. */
  readonly #events: Event[] = [];
  #now = 0;
  #made = 0;

  /** Milliseconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  at(time: number, run: () => void): Cancel {
    this.#made += 1;
    const event: Event = { at: Math.max(time, this.#now), order: this.#made, run };
    this.#push(event);
    return () => {
      event.run = null;
    };
  }

  after(delayMs: number, run: () => void): Cancel {
    return this.at(this.#now + delayMs, run);
  }

  /** Runs all that falls due in this time; `observe` is called after each event. */
  async pass(milliseconds: number, observe: () => void): Promise<void> {
    const until = this.#now + milliseconds;
    for (let next = this.#events[0]; next !== undefined && next.at <= until;) {
      this.#pop();
      if (next.run !== null) {
        this.#now = next.at;
        next.run();
        await rest();
        observe();
      }
      next = this.#events[0];
    }
    this.#now = until;
  }

  #push(event: Event): void {
    const events = this.#events;
    let index = events.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = events[parent];
      if (above === undefined || isBefore(above, event)) break;
      events[index] = above;
      index = parent;
    }
    events[index] = event;
  }

  #pop(): void {
    const events = this.#events;
    const last = events.pop();
    if (last === undefined || events.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [a, b] = [events[left], events[left + 1]];
      if (a === undefined) break;
      const child = b !== undefined && isBefore(b, a) ? left + 1 : left;
      const below = events[child];
      if (below === undefined || isBefore(last, below)) break;
      events[index] = below;
      index = child;
    }
    events[index] = last;
  }
}

const WAIT_MIN_MS = 0.01;

/** The timers of one program: when it is killed, nothing of it runs any more. */
export class Program implements Timers {
  readonly #time: VirtualTime;
  #killed = false;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  get isKilled(): boolean {
    return this.#killed;
  }

  kill(): void {
    this.#killed = true;
  }

  monotonicMs(): number {
    return this.#time.now;
  }

  after(delayMs: number, run: () => void): Cancel {
    // A wait too short to move the time on would never be over.
    return this.#time.after(delayMs > 0 ? Math.max(delayMs, WAIT_MIN_MS) : 0, () => {
      if (!this.#killed) run();
    });
  }

  every(intervalMs: number, run: () => void): Cancel {
    let cancel: Cancel = () => undefined;
    const again = (): void => {
      cancel = this.after(intervalMs, () => {
        again();
        run();
      });
    };
    again();
    return () => {
      cancel();
    };
  }
}

/** A clock on the wall, which somebody may set wrong. */
export class WallClock implements Clock {
  readonly #time: VirtualTime;
  readonly #startedAt: number;
  /** How far it is ahead, in milliseconds. */
  skewMs = 0;

  constructor(time: VirtualTime, startedAt: number) {
    this.#time = time;
    this.#startedAt = startedAt;
  }

  now(): number {
    return this.#startedAt + Math.round(this.#time.now) + this.skewMs;
  }
}
