/** Which acknowledged entries the replicas show: those have done their part, the others still lie over them. */
import type { Timers } from '../../base/clock.js';
import type { QueueEntry } from './entry.js';
import type { Truth } from '../replica/truth.js';

/** A row that the channels do not show after so long, in milliseconds, is none of theirs: of another shift, for example. */
const ABSENT_MAX_MS = 10_000;

export class Seen {
  readonly #truth: Truth;
  readonly #timers: Timers;
  readonly #epoch: () => string | null;
  /** By place: when this client first looked at the acknowledged entry, on the monotonic clock. */
  readonly #since = new Map<string, number>();

  /** `epoch`: of the hub's history that the present connection is about; null: there is none. */
  constructor(truth: Truth, timers: Timers, epoch: () => string | null) {
    this.#truth = truth;
    this.#timers = timers;
    this.#epoch = epoch;
  }

  /** Of an acknowledged entry; false for any other. */
  has({ place, branchId, state }: QueueEntry): boolean {
    if (state.kind !== 'acknowledged') return false;
    const { version, records } = state;
    // Versions of another history say nothing about this one.
    if (state.epoch !== (this.#epoch() ?? state.epoch)) return false;
    const now = this.#timers.monotonicMs();
    const since = this.#since.get(place);
    if (since === undefined) this.#since.set(place, now);
    const showing = this.#truth.showing({ branchId, version, records });
    if (showing !== 'absent') return showing === 'shown';
    return now - (since ?? now) >= ABSENT_MAX_MS;
  }

  forget(place: string): void {
    this.#since.delete(place);
  }
}
