/**
 * What happens in a replay and when, on the recorded day's own timeline. At a given speed that time runs with the real one,
 * over the hours in which nothing happens it jumps; at full speed it jumps from one event to the next.
 */
import type { SettableClock, Timers } from '../../../base/clock.js';

/**
 * `free`: runs beside others. `ordered`: nothing else begins until it calls `begun`, so that what it does first happens at its
 * own time and in its turn. `alone`: waits for all that runs, and nothing begins before it has ended.
 */
export type Mode = 'free' | 'ordered' | 'alone';

type Run = (begun: () => void) => Promise<void>;

interface Entry {
  readonly due: number;
  readonly mode: Mode;
  readonly run: Run;
}

export interface AgendaOptions {
  readonly start: number;
  /** Recorded milliseconds for each real one; null: as fast as it goes. */
  readonly speed: number | null;
  readonly timers: Timers;
  /** The hub's clock, to be set at each step of the time; null: the hub has a time of its own. */
  readonly clock: SettableClock | null;
}

/** Nothing begins while something is under way that was due earlier by more than this, in recorded milliseconds. */
const WINDOW_MS = 15 * 60_000;
/** A stretch without events longer than this, in recorded milliseconds, is jumped over. */
const QUIET_MS = 30 * 60_000;
/** How often the time moves on while an event is waited for, in real milliseconds. */
const STEP_MS = 250;

export class Agenda {
  readonly #options: AgendaOptions;
  /** In order of time; what is due at the same time in order of arrival. */
  readonly #entries: Entry[] = [];
  readonly #running = new Set<Entry>();
  /** An `ordered` entry that has not begun yet, or an `alone` one. */
  #holding: Entry | null = null;
  #now: number;
  /** Where the recorded time stood, and the real one with it. */
  #anchor: { readonly recorded: number; readonly realMs: number };
  #waiting = false;
  #failure: Error | null = null;
  readonly #idle: { resolve: () => void; reject: (error: Error) => void }[] = [];

  constructor(options: AgendaOptions) {
    this.#options = options;
    this.#now = options.start;
    this.#anchor = { recorded: options.start, realMs: options.timers.monotonicMs() };
    options.clock?.set(options.start);
  }

  /** The recorded time. */
  get now(): number {
    return this.#now;
  }

  /** The recorded time of what the hub says was at `hubTime`: now at the earliest, since what comes of it is yet to come. */
  since(hubTime: number): number {
    return this.#options.clock === null ? this.#now : Math.max(this.#now, hubTime);
  }

  /** The time moves on to `time` without waiting, unless it is past already. */
  passTo(time: number): void {
    this.#setTime(time);
    this.#anchor = { recorded: this.#now, realMs: this.#options.timers.monotonicMs() };
  }

  /** Runs as soon as the time has come; at once when it is past. */
  at(due: number, run: Run, mode: Mode = 'free'): void {
    const index = this.#entries.findLastIndex((entry) => entry.due <= due) + 1;
    this.#entries.splice(index, 0, { due, mode, run });
    // Later in this turn, so that what is entered together is seen together.
    queueMicrotask(() => {
      this.#pump();
    });
  }

  /** Resolves when nothing is left to do; rejects with the first thing that went wrong. */
  idle(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#idle.push({ resolve, reject });
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#failure === null && this.#holding === null) {
      const [next] = this.#entries;
      if (next === undefined || !this.#mayBegin(next) || !this.#timeHasCome(next)) break;
      this.#entries.shift();
      this.#begin(next);
    }
    this.#tellIdle();
  }

  #mayBegin(entry: Entry): boolean {
    if (entry.mode === 'alone') return this.#running.size === 0;
    for (const { due } of this.#running) if (entry.due > due + WINDOW_MS) return false;
    return true;
  }

  #timeHasCome({ due }: Entry): boolean {
    const { speed, timers } = this.#options;
    if (speed === null || due <= this.#now) return true;
    if (this.#running.size === 0 && due - this.#now > QUIET_MS) {
      this.#anchor = { recorded: due, realMs: timers.monotonicMs() };
      return true;
    }
    const passed = (timers.monotonicMs() - this.#anchor.realMs) * speed;
    const reached = this.#anchor.recorded + passed;
    if (reached >= due) return true;
    this.#setTime(reached);
    if (!this.#waiting) {
      this.#waiting = true;
      timers.after(Math.min(STEP_MS, Math.ceil((due - reached) / speed)), () => {
        this.#waiting = false;
        this.#pump();
      });
    }
    return false;
  }

  #begin(entry: Entry): void {
    this.#setTime(entry.due);
    this.#running.add(entry);
    if (entry.mode !== 'free') this.#holding = entry;
    const release = (): void => {
      if (this.#holding !== entry) return;
      this.#holding = null;
      this.#pump();
    };
    const begun = entry.mode === 'ordered' ? release : (): void => undefined;
    entry
      .run(begun)
      .catch((error: unknown) => {
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => {
        this.#running.delete(entry);
        release();
        this.#pump();
      });
  }

  #setTime(time: number): void {
    if (time <= this.#now) return;
    this.#now = Math.floor(time);
    this.#options.clock?.set(this.#now);
  }

  #tellIdle(): void {
    if (this.#failure !== null) {
      for (const { reject } of this.#idle.splice(0)) reject(this.#failure);
    } else if (this.#entries.length === 0 && this.#running.size === 0) {
      for (const { resolve } of this.#idle.splice(0)) resolve();
    }
  }
}
