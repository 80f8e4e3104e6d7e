/**
 * A client's copy of one channel: kept by the protocol's gap rule, brought up to date after every reconnect, and honest about
 * how fresh it is.
 */
import { applyMessage, type Replica as Held, type ReplicaTable } from '../../protocol/apply.js';
import type { Channel } from '../../protocol/channels.js';
import type {
  Changes,
  DeltaMessage,
  SnapshotDeltaMessage,
  SnapshotMessage,
  SubscribeMessage,
} from '../../protocol/messages.js';
import { Listeners } from '../listeners.js';

/**
 * `live`: holds all that the hub has sent, and the hub was heard within the last 10 seconds. `lagging`: behind, a catch-up is
 * on its way. `stale`: out of touch with the hub, or nothing received yet.
 */
export type ReplicaState = 'live' | 'lagging' | 'stale';

export type ReplicaChange =
  /** Any row may be another now. */
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'changes'; readonly changes: Changes }
  | { readonly kind: 'state'; readonly state: ReplicaState };

export interface Replica {
  readonly channel: string;
  readonly state: ReplicaState;
  /** The branch version up to which it holds everything; 0: nothing received yet. */
  readonly version: number;
  /** Rows by table and id. Rows and maps are never changed, only replaced. */
  readonly tables: ReadonlyMap<string, ReplicaTable>;
  /** Resolves when it holds its first snapshot; rejects when the hub refuses the channel, or the client ends before. */
  readonly ready: Promise<void>;
  /** Told after each change. Returns how to stop hearing. */
  onChange(listener: (change: ReplicaChange) => void): () => void;
  /** Resolves as soon as the condition holds, which is looked at now and after each change. */
  until(condition: (replica: Replica) => boolean): Promise<void>;
  /** Ends the subscription. */
  close(): void;
}

type Since = NonNullable<SubscribeMessage['since']>;

export interface ReplicaOwner {
  /** Sends `subscribe`; without `since` a snapshot is asked for. */
  subscribe(replica: ChannelReplica, since: Since | null): void;
  unsubscribe(replica: ChannelReplica): void;
}

const NO_TABLES: ReadonlyMap<string, ReplicaTable> = new Map();

export class ChannelReplica implements Replica {
  readonly channel: string;
  readonly name: Channel;
  readonly ready: Promise<void>;
  readonly #owner: ReplicaOwner;
  readonly #listeners = new Listeners<ReplicaChange>();
  #resolveReady: () => void = () => undefined;
  #rejectReady: (error: Error) => void = () => undefined;
  #held: Held | null = null;
  /** On the present connection: `waiting` until the first answer. */
  #phase: 'waiting' | 'lagging' | 'live' = 'waiting';
  /** Whether the client is connected and has heard of the hub lately. */
  #inTouch = false;
  /** Gaps since something was last applied. */
  #gaps = 0;
  #told: ReplicaState = 'stale';

  constructor(channel: string, name: Channel, owner: ReplicaOwner) {
    this.channel = channel;
    this.name = name;
    this.#owner = owner;
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    // Whoever does not wait for it learns of the refusal by the state.
    this.ready.catch(() => undefined);
  }

  get version(): number {
    return this.#held?.version ?? 0;
  }

  get tables(): ReadonlyMap<string, ReplicaTable> {
    return this.#held?.tables ?? NO_TABLES;
  }

  get state(): ReplicaState {
    if (!this.#inTouch || this.#held === null || this.#phase === 'waiting') return 'stale';
    return this.#phase;
  }

  onChange(listener: (change: ReplicaChange) => void): () => void {
    return this.#listeners.add(listener);
  }

  async until(condition: (replica: Replica) => boolean): Promise<void> {
    if (condition(this)) return;
    await new Promise<void>((resolve) => {
      const stop = this.onChange(() => {
        if (!condition(this)) return;
        stop();
        resolve();
      });
    });
  }

  close(): void {
    this.#owner.unsubscribe(this);
  }

  /** What to tell the hub as applied; null: nothing yet. */
  get position(): number | null {
    return this.#held?.version ?? null;
  }

  /** A new connection is live. */
  connected(): void {
    this.#phase = 'waiting';
    this.#inTouch = true;
    this.#gaps = 0;
    this.#ask();
  }

  /** Whether the hub is heard: false when the connection is lost or silent for too long. */
  inTouch(inTouch: boolean): void {
    this.#inTouch = inTouch;
    this.#tellState();
  }

  receive(message: SnapshotMessage | SnapshotDeltaMessage | DeltaMessage): void {
    const applied = applyMessage(this.#held, message);
    if (applied.kind === 'gap') {
      // While a catch-up is under way, a gap in the deltas is expected; one in the catch-up itself is not.
      if (this.#phase === 'live' || message.type === 'snapshot:delta') this.#gap();
      return;
    }
    const first = this.#held === null;
    if (applied.kind === 'applied') {
      this.#held = applied.replica;
      this.#gaps = 0;
    }
    // A catch-up settles the matter even when it brought nothing new.
    if (message.type !== 'delta') this.#phase = 'live';
    if (applied.kind === 'applied') {
      this.#listeners.tell(
        message.type === 'snapshot'
          ? { kind: 'snapshot' }
          : { kind: 'changes', changes: message.changes },
      );
    }
    this.#tellState();
    if (first) this.#resolveReady();
  }

  /** The hub's newest version queued on this connection: above what is held, something was lost. */
  heartbeat(version: number): void {
    if (this.#phase === 'live' && version > this.version) this.#gap();
  }

  /** Deltas were dropped, or a snapshot is due: what comes next is a catch-up. */
  lagging(): void {
    if (this.#phase === 'live') this.#phase = 'lagging';
    this.#tellState();
  }

  /** There will be no first snapshot. */
  refused(error: Error): void {
    this.#rejectReady(error);
  }

  #gap(): void {
    this.#gaps += 1;
    this.#phase = 'lagging';
    this.#tellState();
    this.#ask();
  }

  /** Again after a catch-up did not help: then from the beginning. */
  #ask(): void {
    const since =
      this.#held === null || this.#gaps > 1
        ? null
        : { epoch: this.#held.epoch, version: this.#held.version };
    this.#owner.subscribe(this, since);
  }

  #tellState(): void {
    const state = this.state;
    if (state === this.#told) return;
    this.#told = state;
    this.#listeners.tell({ kind: 'state', state });
  }
}
