/** One connection's subscription to one channel, as a state machine: waiting for a snapshot, live, or lagging. */
import type { Encoding } from '../../protocol/messages.js';
import type { ChannelAddress } from '../channels/channel.js';
import type { Frame } from '../connection.js';
import type { LiveChannel, Since, Subscriber } from '../fanout/live-channel.js';
import type { Parcel, Recipient } from './outbox.js';

export type SubscriptionState =
  /** A snapshot or catch-up is to be made; `id` answers a request, without it comes unasked. */
  | { readonly kind: 'waiting'; readonly id: string | undefined; readonly since: Since | null }
  | { readonly kind: 'live' }
  /** Deltas were dropped; a catch-up follows when the connection has drained. */
  | { readonly kind: 'lagging' };

export interface SubscriptionOptions {
  readonly name: string;
  readonly address: ChannelAddress;
  readonly encoding: Encoding;
  readonly send: (frame: Frame, parcel: Parcel) => void;
  /** A snapshot is to be made for this subscription. */
  readonly wantsSnapshot: () => void;
  /** Tells the client `resync`. */
  readonly noticeResync: (name: string) => void;
}

export class Subscription implements Subscriber, Recipient {
  readonly name: string;
  readonly address: ChannelAddress;
  readonly encoding: Encoding;
  readonly #options: SubscriptionOptions;
  #state: SubscriptionState = { kind: 'waiting', id: undefined, since: null };
  #live: LiveChannel | null = null;
  /** The newest version queued on the connection. */
  #queued = 0;
  /** The version of the last snapshot or catch-up: it is never dropped. */
  #snapshot = 0;
  /** The newest version given to the socket; null: none yet. */
  #written: number | null = null;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.name = options.name;
    this.address = options.address;
    this.encoding = options.encoding;
  }

  get state(): SubscriptionState {
    return this.#state;
  }

  /** A request waits for its snapshot or catch-up. */
  get owesAnswer(): boolean {
    return this.#state.kind === 'waiting' && this.#state.id !== undefined;
  }

  /** What a heartbeat tells of the channel; null: nothing was queued yet. */
  get queuedVersion(): number | null {
    return this.#queued === 0 && this.#written === null ? null : this.#queued;
  }

  begin(live: LiveChannel, id: string, since: Since | null): void {
    this.#live = live;
    this.#state = { kind: 'waiting', id, since };
    this.#options.wantsSnapshot();
  }

  delta(frame: Frame, version: number): void {
    if (this.#state.kind !== 'live') return;
    this.#queued = version;
    this.#options.send(frame, { kind: 'delta', to: this, version });
  }

  resync(): void {
    // A request that is still to be answered gets the new snapshot as its answer.
    const id = this.#state.kind === 'waiting' ? this.#state.id : undefined;
    if (id === undefined) this.#options.noticeResync(this.name);
    this.#state = { kind: 'waiting', id, since: null };
    this.#options.wantsSnapshot();
  }

  /** Its deltas were dropped. True: it was live until now. */
  lag(): boolean {
    if (this.#state.kind !== 'live') return false;
    this.#state = { kind: 'lagging' };
    this.#queued = Math.max(this.#snapshot, this.#written ?? 0);
    return true;
  }

  /** The connection has drained: what the client lacks since the version last written to it is to be sent. */
  recover(): void {
    if (this.#state.kind !== 'lagging') return;
    this.#state = { kind: 'waiting', id: undefined, since: this.#sinceWritten() };
    this.#options.wantsSnapshot();
  }

  #sinceWritten(): Since | null {
    if (this.#written === null || this.#live === null) return null;
    return { epoch: this.#live.channel.epoch, version: this.#written };
  }

  /** Sends the snapshot or catch-up that it waits for; live from there on. */
  sendSnapshot(): void {
    const { kind } = this.#state;
    if (kind !== 'waiting' || this.#live === null) return;
    const { id, since } = this.#state;
    const { frame, version } = this.#live.catchUp(since, this.encoding, id);
    this.#state = { kind: 'live' };
    this.#queued = version;
    this.#snapshot = version;
    this.#options.send(frame, { kind: 'snapshot', to: this, version });
  }

  /** Given to the socket: what a catch-up begins at, should later deltas be dropped. */
  written(version: number): void {
    this.#written = version;
  }
}
