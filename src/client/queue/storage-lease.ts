/**
 * The lead as a lease in the storage that the clients share, for pages that have no Web Locks: http on a LAN address. Its
 * holder renews it each second; whoever has seen no renewal for some seconds, by its own monotonic clock, takes it.
 */
import type { Cancel, Timers } from '../../base/clock.js';
import type { NewId } from '../../base/ids.js';
import type { ClientStorage } from '../storage/storage.js';
import type { Leadership } from './leadership.js';

export interface LeaseParts {
  readonly storage: ClientStorage;
  readonly timers: Timers;
  readonly newId: NewId;
}

const SPACE = 'leader';
const RENEW_MS = 1_000;
/** Timers of a page in the background fire once a second, and later on a busy tablet. */
const LAPSES_AFTER_MS = 5_000;

interface Lease {
  readonly owner: string;
  /** Rises with each renewal. */
  readonly beat: number;
}

export function storageLeadership(parts: LeaseParts): Leadership {
  return (name, lead) => {
    const candidate = new Candidate(parts, name, lead);
    return candidate.run();
  };
}

class Candidate {
  readonly #parts: LeaseParts;
  readonly #name: string;
  readonly #lead: () => void;
  readonly #id: string;
  #stage: 'waiting' | 'leading' | 'over' = 'waiting';
  #isLooking = false;
  /** Another's lease, and when it was first seen like that. */
  #seen: { readonly lease: Lease; readonly atMs: number } | null = null;

  constructor(parts: LeaseParts, name: string, lead: () => void) {
    this.#parts = parts;
    this.#name = name;
    this.#lead = lead;
    this.#id = parts.newId();
  }

  run(): Cancel {
    const stop = this.#parts.timers.every(RENEW_MS, () => {
      this.#look();
    });
    this.#look();
    return () => {
      stop();
      this.#giveBack();
    };
  }

  /** A storage that fails is asked again at the next turn. */
  #look(): void {
    if (this.#isLooking || this.#stage === 'over') return;
    this.#isLooking = true;
    this.#parts.storage
      .update<Lease>(SPACE, this.#name, (held) => this.#next(held))
      .then((lease) => {
        this.#settled(lease);
      })
      .catch(() => undefined)
      .finally(() => {
        this.#isLooking = false;
      });
  }

  #next(held: Lease | undefined): Lease | undefined {
    if (this.#stage === 'over') return held;
    if (held === undefined) return { owner: this.#id, beat: 0 };
    if (held.owner === this.#id) return { owner: this.#id, beat: held.beat + 1 };
    return this.#stage === 'waiting' && this.#hasLapsed(held) ? { owner: this.#id, beat: 0 } : held;
  }

  #hasLapsed(lease: Lease): boolean {
    const now = this.#parts.timers.monotonicMs();
    const seen = this.#seen;
    if (seen?.lease.owner === lease.owner && seen.lease.beat === lease.beat) {
      return now - seen.atMs >= LAPSES_AFTER_MS;
    }
    this.#seen = { lease, atMs: now };
    return false;
  }

  /** One that was asleep for so long that another has taken the lease goes on leading beside it. */
  #settled(lease: Lease | undefined): void {
    if (lease?.owner !== this.#id) return;
    if (this.#stage === 'over') this.#giveBack();
    else if (this.#stage === 'waiting') {
      this.#stage = 'leading';
      this.#lead();
    }
  }

  #giveBack(): void {
    this.#stage = 'over';
    this.#parts.storage
      .update<Lease>(SPACE, this.#name, (held) => (held?.owner === this.#id ? undefined : held))
      .catch(() => undefined);
  }
}
