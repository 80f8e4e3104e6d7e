/** The channels that a client follows: subscribes them on each new connection and hands each its messages. */
import type { Clock, Timers } from '../../base/clock.js';
import type { NewId } from '../../base/ids.js';
import type { Log } from '../../base/log.js';
import type { Position } from '../../protocol/apply.js';
import { parseChannel } from '../../protocol/channels.js';
import type {
  ClientMessage,
  DeltaMessage,
  ErrorMessage,
  SnapshotDeltaMessage,
  SnapshotMessage,
} from '../../protocol/messages.js';
import { backoffMs } from '../connection/backoff.js';
import { Refused, type ClientEnded } from '../requests/errors.js';
import { ChannelReplica, type Replica, type ReplicaOwner } from './replica.js';
import type { Identity } from './saved-channel.js';
import { SavedChannels } from './saved-channels.js';
import type { RowChange } from './tables.js';
import type { ClientStorage } from '../storage/storage.js';

export interface ChannelsOptions {
  readonly timers: Timers;
  readonly random: () => number;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: NewId;
  /** Where the channels are saved; null: nowhere. */
  readonly storage: ClientStorage | null;
  /** A new request id. */
  readonly nextId: () => string;
  /** On the present connection. */
  readonly send: (message: ClientMessage) => void;
}

export class Channels implements ReplicaOwner {
  readonly timers: Timers;
  readonly log: Log;
  readonly #options: ChannelsOptions;
  readonly #replicas = new Map<string, ChannelReplica>();
  /** Subscriptions asked for on the present connection, by request id. */
  readonly #subscribing = new Map<string, ChannelReplica>();
  readonly #saved: SavedChannels | null;
  /** Of the present connection; null: there is none. */
  #identity: Identity | null = null;
  #ended: ClientEnded | null = null;

  constructor(options: ChannelsOptions) {
    this.#options = options;
    this.timers = options.timers;
    this.log = options.log;
    const { storage, newId } = options;
    this.#saved =
      storage === null ? null : new SavedChannels({ ...options, storage, writer: newId() });
  }

  /** All that are followed. */
  get all(): Iterable<Replica> {
    return this.#replicas.values();
  }

  /** The same replica for the same channel. Throws on a name of none. */
  open(channel: string): Replica {
    const held = this.#replicas.get(channel);
    if (held !== undefined) return held;
    const name = parseChannel(channel);
    if (name === null) throw new Error(`"${channel}" is not the name of a channel`);
    const replica = new ChannelReplica(name, this, this.#saved !== null);
    this.#replicas.set(channel, replica);
    if (this.#ended !== null) replica.refused(this.#ended);
    if (this.#identity !== null) replica.connected(this.#identity);
    this.#saved?.follow(replica);
    return replica;
  }

  /** A connection is live for this login: every channel is asked for on it. */
  connected(identity: Identity): void {
    this.#identity = identity;
    for (const replica of this.#replicas.values()) replica.connected(identity);
  }

  disconnected(): void {
    this.#identity = null;
    this.#subscribing.clear();
    this.inTouch(false);
    this.#saved?.flush();
  }

  /** Whether the hub is heard. */
  inTouch(inTouch: boolean): void {
    for (const replica of this.#replicas.values()) replica.inTouch(inTouch);
  }

  /** No connection will come by itself any more. */
  end(error: ClientEnded): void {
    this.#ended = error;
    for (const replica of this.#replicas.values()) replica.refused(error);
  }

  /** One may come after all. */
  resume(): void {
    this.#ended = null;
  }

  received(message: SnapshotMessage | SnapshotDeltaMessage | DeltaMessage): void {
    if (message.type !== 'delta' && message.id !== undefined) this.#subscribing.delete(message.id);
    this.#replicas.get(message.channel)?.receive(message);
  }

  /** Whether the refusal was for a subscription of these; a retryable one is asked for again. */
  refused(error: ErrorMessage): boolean {
    const id = error.id ?? '';
    const replica = this.#subscribing.get(id);
    if (replica === undefined) return false;
    if (error.retryable) {
      // The entry stays until then: a new connection clears it, and subscribes by itself.
      this.timers.after(backoffMs(0, this.#options.random, error.retryAfterMs), () => {
        if (this.#subscribing.delete(id)) replica.subscribe();
      });
    } else {
      this.#subscribing.delete(id);
      this.#replicas.delete(replica.channel);
      this.#saved?.forget(replica.channel);
      replica.discard();
      replica.refused(new Refused(replica.channel, error));
    }
    return true;
  }

  /** The hub's versions by channel; answers what was applied. */
  heartbeat(versions: Readonly<Record<string, number>>): Record<string, number> {
    const applied: Record<string, number> = {};
    for (const [channel, replica] of this.#replicas) {
      replica.heartbeat(versions[channel] ?? 0);
      if (replica.position !== null) applied[channel] = replica.position;
    }
    return applied;
  }

  /** Without a channel: all of them. */
  lagging(channel: string | undefined): void {
    for (const [name, replica] of this.#replicas) {
      if (channel === undefined || channel === name) replica.lagging();
    }
  }

  changed(replica: ChannelReplica, changes: readonly RowChange[]): void {
    this.#saved?.changed(replica.channel, changes);
  }

  subscribe(replica: ChannelReplica, since: Position | null): void {
    if (this.#identity === null || this.#replicas.get(replica.channel) !== replica) return;
    const id = this.#options.nextId();
    this.#subscribing.set(id, replica);
    this.#options.send({
      type: 'subscribe',
      id,
      ...replica.name,
      ...(since === null ? {} : { since }),
    });
  }

  unsubscribe(replica: ChannelReplica): void {
    if (this.#replicas.get(replica.channel) !== replica) return;
    this.#replicas.delete(replica.channel);
    replica.inTouch(false);
    this.#saved?.unfollow(replica.channel);
    if (this.#identity === null) return;
    const { nextId, send } = this.#options;
    send({ type: 'unsubscribe', id: nextId(), channel: replica.channel });
  }
}
