/**
 * The subscriptions of one connection, and its ladder for the slow: deltas dropped and a notice, a catch-up when it has drained
 * and applied what was written, and the end when it stays behind.
 */
import { refuse, type Refusal } from '../../base/refusal.js';
import { channelName } from '../../protocol/channels.js';
import type {
  ClientHeartbeat,
  Encoding,
  NoticeMessage,
  Principal,
  SubscribeMessage,
} from '../../protocol/messages.js';
import type { Timers } from '../../base/clock.js';
import { VIEW_ROLES } from '../channels/views.js';
import type { HubBranch } from '../hub-branch.js';
import type { HubLimits } from '../options.js';
import type { Outbox } from './outbox.js';
import { Subscription } from './subscription.js';

export interface SubscriptionsOptions {
  readonly branch: HubBranch;
  readonly principal: Principal;
  readonly encoding: Encoding;
  readonly outbox: Outbox;
  readonly timers: Timers;
  readonly limits: HubLimits;
  readonly notice: (notice: NoticeMessage) => void;
  /** Something is to be written at the end of the tick. */
  readonly wake: () => void;
}

/** A version that was queued and is not applied yet, since when. */
interface Behind {
  readonly version: number;
  readonly since: number;
}

export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #byName = new Map<string, Subscription>();
  /** Those that wait for a snapshot, in the order in which they asked. */
  readonly #wanting = new Set<Subscription>();
  readonly #applied = new Map<string, number>();
  readonly #behind = new Map<string, Behind>();
  #laggingSince: number | null = null;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#byName.size;
  }

  get isLagging(): boolean {
    return this.#laggingSince !== null;
  }

  /** Null: done, and the snapshot follows. */
  subscribe(message: SubscribeMessage): Refusal | null {
    const { branch, principal, encoding, outbox, limits, wake } = this.#options;
    const { view, branchId, station, since, id } = message;
    if (!VIEW_ROLES[view].includes(principal.role)) {
      return refuse('forbidden', `a ${principal.role} may not follow ${view}`);
    }
    const name = channelName({ branchId, view, ...(station !== undefined && { station }) });
    if (!this.#byName.has(name) && this.size >= limits.subscriptionsMax) {
      return refuse('overloaded', `at most ${String(limits.subscriptionsMax)} subscriptions`);
    }
    this.unsubscribe(name);
    const subscription = new Subscription({
      name,
      address: { branchId, view, station: station ?? null },
      encoding,
      send: (frame, parcel) => {
        outbox.push(frame, parcel);
        wake();
      },
      wantsSnapshot: () => {
        this.#wanting.add(subscription);
        wake();
      },
      noticeResync: (channel) => {
        this.#options.notice({
          type: 'notice',
          code: 'resync',
          message: 'what you hold of this channel is void; a snapshot follows',
          channel,
        });
      },
    });
    this.#byName.set(name, subscription);
    const live = branch.channels.follow(subscription.address, subscription);
    // The versions of `devices` count anew at each start of the hub: what a client held says nothing.
    subscription.begin(live, id, view === 'devices' ? null : (since ?? null));
    return null;
  }

  /** Ends the subscription; a request that still waits for its snapshot gets it first, since every request is answered. */
  unsubscribe(name: string): void {
    const subscription = this.#byName.get(name);
    if (subscription === undefined) return;
    if (subscription.owesAnswer) subscription.sendSnapshot();
    this.#end(name, subscription);
  }

  close(): void {
    for (const [name, subscription] of [...this.#byName]) this.#end(name, subscription);
  }

  #end(name: string, subscription: Subscription): void {
    this.#byName.delete(name);
    this.#wanting.delete(subscription);
    this.#applied.delete(name);
    this.#behind.delete(name);
    this.#options.branch.channels.unfollow(name, subscription);
  }

  /** Makes the next snapshots, as many as the outbox takes now. True: one was made. */
  sendSnapshots(): boolean {
    if (this.#wanting.size === 0) return false;
    let made = false;
    for (const subscription of this.#wanting) {
      if (!this.#options.outbox.takesSnapshot) break;
      this.#wanting.delete(subscription);
      subscription.sendSnapshot();
      made = true;
    }
    return made;
  }

  /** Deltas were dropped, of all channels together. */
  lag(): void {
    this.#laggingSince ??= this.#options.timers.monotonicMs();
    for (const subscription of this.#byName.values()) {
      if (!subscription.lag()) continue;
      this.#lowerMark(subscription);
      this.#options.notice({
        type: 'notice',
        code: 'lagging',
        message: 'this connection is slow: changes were dropped, a catch-up follows',
        channel: subscription.name,
      });
    }
  }

  /** What was dropped will never be applied: the client is behind only in what was written to it. */
  #lowerMark({ name, queuedVersion }: Subscription): void {
    const mark = this.#behind.get(name);
    if (mark === undefined) return;
    const version = Math.min(mark.version, queuedVersion ?? 0);
    if ((this.#applied.get(name) ?? 0) >= version) this.#behind.delete(name);
    else this.#behind.set(name, { ...mark, version });
  }

  /** To be called when the connection may have drained: lagging channels catch up. */
  recover(): void {
    if (this.#laggingSince === null || !this.#options.outbox.isDrained || this.#behind.size > 0) {
      return;
    }
    this.#laggingSince = null;
    for (const subscription of this.#byName.values()) subscription.recover();
  }

  /** What a heartbeat tells: per channel the newest version queued. */
  queuedVersions(): Record<string, number> {
    const versions: Record<string, number> = {};
    const now = this.#options.timers.monotonicMs();
    for (const [name, subscription] of this.#byName) {
      const version = subscription.queuedVersion;
      if (version === null || subscription.state.kind === 'waiting') continue;
      versions[name] = version;
      const applied = this.#applied.get(name) ?? -1;
      if (applied < version && !this.#behind.has(name)) {
        this.#behind.set(name, { version, since: now });
      }
    }
    return versions;
  }

  /** What the client says that it has applied. Returns how many versions it is behind. */
  heard({ versions }: ClientHeartbeat): number {
    let behind = 0;
    for (const [name, subscription] of this.#byName) {
      const applied = versions[name];
      if (applied === undefined) continue;
      this.#applied.set(name, applied);
      const mark = this.#behind.get(name);
      if (mark !== undefined && applied >= mark.version) this.#behind.delete(name);
      behind = Math.max(behind, (subscription.queuedVersion ?? 0) - applied);
    }
    return behind;
  }

  /** Milliseconds that the client has been behind what was queued for it. */
  behindMs(): number {
    const now = this.#options.timers.monotonicMs();
    let oldest = this.#laggingSince ?? now;
    for (const { since } of this.#behind.values()) oldest = Math.min(oldest, since);
    return now - oldest;
  }
}
