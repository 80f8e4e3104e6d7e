/**
 * What comes from one address before anybody has said who they are: new connections a minute, connections at once, and requests
 * without a valid token. Behind one address may be a whole restaurant, so the bounds are wide; who is signed in is counted by
 * name instead (`Allowances`). Whether a minute is over tells the system's clock.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Timers } from '../../base/clock.js';
import type { HubLimits } from '../options.js';
import { addressKey } from './address.js';

const MINUTE_SECONDS = 60;
const MS_PER_SECOND = 1_000;
/** How soon there may be room again under the bound of connections at once. */
const CONNECTIONS_RETRY_MS = 5_000;

/** Points of `unauthenticated`: a token that is none costs as much as ten requests that bring none. */
export const UNAUTHENTICATED_COST = { withoutToken: 1, wrongToken: 10 } as const;

export type AddressBounds = Pick<
  HubLimits,
  | 'connectionsPerMinutePerIp'
  | 'connectionsPerIp'
  | 'unauthenticatedPerMinutePerIp'
  | 'addressesMax'
>;

/** Points a minute for each address; those of at most so many addresses are remembered. */
class MinutePoints {
  readonly #limiter: RateLimiterMemory;
  readonly #points: number;
  readonly #addressesMax: number;
  readonly #timers: Timers;
  /** When each one's minute began, monotonic milliseconds. The library forgets an address when its minute is over, and tells nobody how many it holds. The oldest in front. */
  readonly #known = new Map<string, number>();

  constructor(points: number, addressesMax: number, timers: Timers) {
    this.#points = points;
    this.#timers = timers;
    this.#addressesMax = addressesMax;
    this.#limiter = new RateLimiterMemory({ points, duration: MINUTE_SECONDS });
  }

  get size(): number {
    return this.#known.size;
  }

  /** Milliseconds until the minute is over where the points are used up; 0: they are not. */
  async take(address: string, points: number): Promise<number> {
    try {
      const { isFirstInDuration } = await this.#limiter.consume(address, points);
      if (isFirstInDuration) this.#remember(address);
      return 0;
    } catch (verdict) {
      if (verdict instanceof RateLimiterRes) return verdict.msBeforeNext;
      throw verdict;
    }
  }

  /** As `take`, without taking any. */
  async waitMs(address: string): Promise<number> {
    const present = await this.#limiter.get(address);
    return present === null || present.consumedPoints < this.#points ? 0 : present.msBeforeNext;
  }

  sweep(): void {
    const over = this.#timers.monotonicMs() - MINUTE_SECONDS * MS_PER_SECOND;
    for (const [address, from] of this.#known) {
      if (from > over) return;
      this.#known.delete(address);
    }
  }

  #remember(address: string): void {
    this.#known.delete(address);
    if (this.#known.size >= this.#addressesMax) {
      const [oldest = ''] = this.#known.keys();
      this.#known.delete(oldest);
      void this.#limiter.delete(oldest);
    }
    this.#known.set(address, this.#timers.monotonicMs());
  }
}

export class AddressLimits {
  readonly #bounds: AddressBounds;
  readonly #connections: MinutePoints;
  readonly #unauthenticated: MinutePoints;
  /** Connections at once, by address. */
  readonly #open = new Map<string, number>();
  /** Refused since the start. */
  readonly refused = { connections: 0, unauthenticated: 0 };

  constructor(bounds: AddressBounds, timers: Timers) {
    const { connectionsPerMinutePerIp, unauthenticatedPerMinutePerIp, addressesMax } = bounds;
    this.#bounds = bounds;
    this.#connections = new MinutePoints(connectionsPerMinutePerIp, addressesMax, timers);
    this.#unauthenticated = new MinutePoints(unauthenticatedPerMinutePerIp, addressesMax, timers);
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#connections.size + this.#unauthenticated.size + this.#open.size;
  }

  /** Counts a new connection. 0: it may come; else the milliseconds until it may try again. */
  async connecting(address: string): Promise<number> {
    const retryAfterMs = await this.#connectionWaitMs(addressKey(address));
    if (retryAfterMs > 0) this.refused.connections += 1;
    return retryAfterMs;
  }

  /** To be followed by one `closed`. */
  opened(address: string): void {
    const key = addressKey(address);
    this.#open.set(key, (this.#open.get(key) ?? 0) + 1);
  }

  closed(address: string): void {
    const key = addressKey(address);
    const left = (this.#open.get(key) ?? 0) - 1;
    if (left > 0) this.#open.set(key, left);
    else this.#open.delete(key);
  }

  /** Counts a request of which nobody knows whose it is, or a `hello` that failed. 0: it may be answered; else as `connecting`. */
  async unauthenticated(address: string, cost: keyof typeof UNAUTHENTICATED_COST): Promise<number> {
    const points = UNAUTHENTICATED_COST[cost];
    const retryAfterMs = await this.#unauthenticated.take(addressKey(address), points);
    if (retryAfterMs > 0) this.refused.unauthenticated += 1;
    return retryAfterMs;
  }

  sweep(): void {
    this.#connections.sweep();
    this.#unauthenticated.sweep();
  }

  async #connectionWaitMs(key: string): Promise<number> {
    if ((this.#open.get(key) ?? 0) >= this.#bounds.connectionsPerIp) return CONNECTIONS_RETRY_MS;
    const waitMs = await this.#unauthenticated.waitMs(key);
    return waitMs > 0 ? waitMs : this.#connections.take(key, 1);
  }
}
