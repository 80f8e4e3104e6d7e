/**
 * How many requests of each kind a device and person have made in their present minute. Kept by who they are, not by
 * connection: two connections share it, HTTP too, and a reconnect does not begin it anew. Plain counters in place of the
 * library that counts addresses, for every command passes here (docs/decisions/0011).
 */
import type { Timers } from '../../base/clock.js';
import type { Principal } from '../../protocol/messages.js';
import type { RequestKind } from './request-kind.js';

const MINUTE_MS = 60_000;

/** One minute of one device and person. */
interface Minute {
  readonly from: number;
  readonly counts: Record<RequestKind, number>;
}

export interface AllowancesOptions {
  readonly timers: Timers;
  /** Of each kind. */
  readonly perMinute: number;
  /** Above it the minute that began first is forgotten, whoever's it is. */
  readonly entriesMax: number;
}

/** Whose requests are counted together. No id holds the separator. */
export function subjectOf({ branch_id: branch, device_id: device, id }: Principal): string {
  return `${branch}\n${device}\n${id}`;
}

export class Allowances {
  readonly #options: AllowancesOptions;
  /** By subject, the minute that began first in front. */
  readonly #minutes = new Map<string, Minute>();

  constructor(options: AllowancesOptions) {
    this.#options = options;
  }

  /** Minutes that are remembered. */
  get size(): number {
    return this.#minutes.size;
  }

  /** Counts one request. 0: it may begin; else the milliseconds until the minute is over. */
  take(subject: string, kind: RequestKind): number {
    const { timers, perMinute } = this.#options;
    const now = timers.monotonicMs();
    const { counts, from } = this.#minuteOf(subject, now);
    counts[kind] += 1;
    return counts[kind] <= perMinute ? 0 : Math.ceil(from + MINUTE_MS - now);
  }

  /** Forgets the minutes that are over. */
  sweep(): void {
    const over = this.#options.timers.monotonicMs() - MINUTE_MS;
    for (const [subject, { from }] of this.#minutes) {
      if (from > over) return;
      this.#minutes.delete(subject);
    }
  }

  #minuteOf(subject: string, now: number): Minute {
    const present = this.#minutes.get(subject);
    if (present !== undefined && now - present.from < MINUTE_MS) return present;
    if (present !== undefined) this.#minutes.delete(subject);
    else if (this.#minutes.size >= this.#options.entriesMax) this.#forgetFirst();
    const begun = { from: now, counts: { payment: 0, kitchen: 0, order: 0, other: 0, query: 0 } };
    this.#minutes.set(subject, begun);
    return begun;
  }

  #forgetFirst(): void {
    const [first] = this.#minutes.keys();
    if (first !== undefined) this.#minutes.delete(first);
  }
}
