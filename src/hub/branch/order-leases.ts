/**
 * Leases of orders (`order.lock`): who is at work on an order right now, in memory only. A lease ends by itself, with an
 * unlock or with its connection; it keeps other devices' order and payment commands away, never the kitchen's.
 */
import type { Timers } from '../../base/clock.js';
import { refuse, type Refusal } from '../../base/refusal.js';

export interface LeaseHolder {
  readonly deviceId: string;
  readonly connectionId: string;
  readonly staffName: string;
}

interface Lease extends LeaseHolder {
  /** Monotonic milliseconds. */
  readonly endsAt: number;
}

export class OrderLeases {
  readonly #leases = new Map<string, Lease>();
  readonly #timers: Timers;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  get size(): number {
    return this.#leases.size;
  }

  /** `locked` when another device holds the order. */
  refusalFor(orderId: string, deviceId: string): Refusal | null {
    const lease = this.#leases.get(orderId);
    if (lease === undefined || lease.deviceId === deviceId) return null;
    const leftMs = lease.endsAt - this.#timers.monotonicMs();
    if (leftMs <= 0) {
      this.#leases.delete(orderId);
      return null;
    }
    return refuse('locked', `${lease.staffName} is working on this order`, {
      details: { holder: { name: lease.staffName, device_id: lease.deviceId } },
      retryAfterMs: Math.ceil(leftMs),
    });
  }

  /** Takes or prolongs the lease; the caller has asked `refusalFor` first. */
  take(orderId: string, holder: LeaseHolder, seconds: number): void {
    this.#leases.set(orderId, {
      ...holder,
      endsAt: this.#timers.monotonicMs() + seconds * 1_000,
    });
  }

  release(orderId: string): void {
    this.#leases.delete(orderId);
  }

  releaseConnection(connectionId: string): void {
    for (const [orderId, lease] of this.#leases) {
      if (lease.connectionId === connectionId) this.#leases.delete(orderId);
    }
  }

  /** Drops what has ended, so that forgotten leases take no room. */
  sweep(): void {
    const now = this.#timers.monotonicMs();
    for (const [orderId, lease] of this.#leases) {
      if (lease.endsAt <= now) this.#leases.delete(orderId);
    }
  }
}
