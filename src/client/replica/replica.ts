/**
 * A client's copy of one channel: kept by the protocol's gap rule, brought up to date after every reconnect, and honest about
 * how fresh it is.
 */
import type { Cancel, Timers } from '../../base/clock.js';
import type { Log } from '../../base/log.js';
import { judge, type ChangedRows, type Judged, type Position } from '../../protocol/apply.js';
import { channelName, type Channel } from '../../protocol/channels.js';
import type {
  Changes,
  DeltaMessage,
  SnapshotDeltaMessage,
  SnapshotMessage,
  ViewRow,
} from '../../protocol/messages.js';
import { Listeners } from '../listeners.js';
import { Breaker } from './breaker.js';
import { RowFeed, type Readable } from './row-feed.js';
import { sameIdentity, type Identity, type SavedSource, type SavedState } from './saved-channel.js';
import type { RowChange } from './tables.js';

/**
 * `live`: holds all that the hub has sent, and the hub was heard lately. `lagging`: behind, a catch-up is on its way, or after
 * trouble will be asked for. `stale`: out of touch with the hub, or nothing received from it yet.
 */
export type ReplicaState = 'live' | 'lagging' | 'stale';

/** The channel had to be asked for again and again, which should not be: a person may want to know. */
export interface ReplicaTrouble {
  /** Times since it last ran in peace. */
  readonly resyncs: number;
  /** What is wrong with the last message. */
  readonly reason: string;
  /** It is asked for again after so long, in milliseconds from when this was told. */
  readonly retryInMs: number;
}

export type ReplicaChange =
  /** Any row may be another now. */
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'changes'; readonly changes: Changes }
  /** `trouble` ends when the replica is live again. */
  | {
      readonly kind: 'state';
      readonly state: ReplicaState;
      readonly trouble: ReplicaTrouble | null;
    };

export interface Replica extends Readable {
  readonly channel: string;
  readonly state: ReplicaState;
  readonly trouble: ReplicaTrouble | null;
  /** The branch version up to which it holds everything; 0: nothing received yet. */
  readonly version: number;
  /** Resolves with its first word from the hub; rejects when the hub refuses the channel, or the client ends before. */
  readonly ready: Promise<void>;
  /**
   * Whether it shows what this device had saved of it, which is stale until the hub is heard. Resolves, always, as soon as that
   * is known; false where the client has no storage, or the hub was quicker.
   */
  readonly restored: Promise<boolean>;
  /** Told after each change. Returns how to stop hearing. */
  onChange(listener: (change: ReplicaChange) => void): Cancel;
  /** Resolves as soon as the condition holds, which is looked at now and after each change. */
  until(condition: (replica: Replica) => boolean): Promise<void>;
  /** Ends the subscription. */
  close(): void;
}

export interface ReplicaOwner {
  readonly timers: Timers;
  readonly log: Log;
  /** There is something to save: the rows changed, or only the position. */
  changed(replica: ChannelReplica, changes: readonly RowChange[]): void;
  /** Sends `subscribe`, unless there is no connection; without `since` a snapshot is asked for. */
  subscribe(replica: ChannelReplica, since: Position | null): void;
  unsubscribe(replica: ChannelReplica): void;
}

export class ChannelReplica extends RowFeed implements Replica, SavedSource {
  readonly channel: string;
  readonly name: Channel;
  readonly ready: Promise<void>;
  readonly restored: Promise<boolean>;
  readonly #owner: ReplicaOwner;
  readonly #listeners = new Listeners<ReplicaChange>();
  readonly #breaker = new Breaker();
  #resolveReady: () => void = () => undefined;
  #rejectReady: (error: Error) => void = () => undefined;
  #resolveRestored: (shown: boolean) => void = () => undefined;
  #position: Position | null = null;
  /** To whom the rows were sent. */
  #identity: Identity | null = null;
  /** What the device has saved is being read: the hub is asked after that, for what is newer. */
  #isRestoring: boolean;
  /** On the present connection: `waiting` until the first answer. */
  #phase: 'waiting' | 'lagging' | 'live' = 'waiting';
  /** Whether the client is connected and has heard of the hub lately. */
  #inTouch = false;
  /** Gaps since something was last applied. */
  #gaps = 0;
  #trouble: ReplicaTrouble | null = null;
  #cancelPause: Cancel = () => undefined;
  #told: { readonly state: ReplicaState; readonly trouble: ReplicaTrouble | null };

  /** `isSaved`: it waits for `restore`. */
  constructor(name: Channel, owner: ReplicaOwner, isSaved: boolean) {
    super();
    this.channel = channelName(name);
    this.name = name;
    this.#owner = owner;
    this.#isRestoring = isSaved;
    this.#told = { state: 'stale', trouble: null };
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    this.restored = new Promise((resolve) => {
      this.#resolveRestored = resolve;
    });
    if (!isSaved) this.#resolveRestored(false);
    // Whoever does not wait for it learns of the refusal by the state.
    this.ready.catch(() => undefined);
  }

  get version(): number {
    return this.#position?.version ?? 0;
  }

  get state(): ReplicaState {
    if (!this.#inTouch || this.#position === null || this.#phase === 'waiting') return 'stale';
    return this.#phase;
  }

  get trouble(): ReplicaTrouble | null {
    return this.#trouble;
  }

  onChange(listener: (change: ReplicaChange) => void): Cancel {
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
    return this.#position?.version ?? null;
  }

  get reached(): Pick<SavedState, 'position' | 'identity'> | null {
    const position = this.#position;
    const identity = this.#identity;
    return position === null || identity === null ? null : { position, identity };
  }

  /** Shows what was saved (null: nothing), unless there is newer, or it was another one's. Whether it is shown. */
  restore(saved: SavedState | null): boolean {
    if (!this.#isRestoring) return false;
    this.#isRestoring = false;
    const isOther =
      saved !== null && this.#identity !== null && !sameIdentity(saved.identity, this.#identity);
    const isShown = saved !== null && this.#position === null && !isOther;
    if (isShown) {
      this.#position = saved.position;
      this.#identity = saved.identity;
      const changes = this.put(saved.rows);
      this.#resolveRestored(true);
      this.tell(changes);
      this.#listeners.tell({ kind: 'snapshot' });
    }
    this.#resolveRestored(false);
    if (this.#phase === 'waiting') this.#ask();
    return isShown;
  }

  /** Shows nothing any more. */
  discard(): void {
    this.#position = null;
    const changes = this.put(this.#without());
    this.#owner.changed(this, changes);
    this.tell(changes);
    this.#listeners.tell({ kind: 'snapshot' });
    this.#tellState();
  }

  /** A new connection is live, for this login; what was sent to one who may see other things is not shown to it. */
  connected(identity: Identity): void {
    if (this.#identity !== null && !sameIdentity(this.#identity, identity)) this.discard();
    this.#identity = identity;
    this.#inTouch = true;
    this.subscribe();
  }

  /** Asks with what is held, on the present connection. */
  subscribe(): void {
    this.#phase = 'waiting';
    this.#gaps = 0;
    if (!this.#isRestoring) this.#ask();
  }

  /** Whether the hub is heard: false when the connection is lost or silent for too long. */
  inTouch(inTouch: boolean): void {
    this.#inTouch = inTouch;
    this.#tellState();
  }

  receive(message: SnapshotMessage | SnapshotDeltaMessage | DeltaMessage): void {
    const judged: Judged =
      message.type === 'snapshot'
        ? { kind: 'fits', rows: this.#replacing(message) }
        : judge(this.#position, message, (table, id) => this.row<string>(table, id));
    if (judged.kind === 'gap') {
      // While a catch-up is under way, a gap in the deltas is expected; one in the catch-up itself is not.
      if (this.#phase === 'live' || message.type === 'snapshot:delta') this.#gap(judged.reason);
      return;
    }
    const changes = judged.kind === 'fits' ? this.put(judged.rows) : [];
    if (judged.kind === 'fits') this.#reached(message);
    // A catch-up settles the matter even when it brought nothing new.
    if (message.type !== 'delta') this.#settled();
    if (judged.kind === 'fits') this.#owner.changed(this, changes);
    this.tell(changes);
    if (judged.kind === 'fits') {
      this.#listeners.tell(
        message.type === 'snapshot'
          ? { kind: 'snapshot' }
          : { kind: 'changes', changes: message.changes },
      );
    }
    this.#tellState();
  }

  /** The hub's newest version queued on this connection: above what is held, something was lost. */
  heartbeat(version: number): void {
    if (this.#phase !== 'live' || version <= this.version) return;
    this.#gap(`holds ${String(this.version)}, the hub has sent ${String(version)}`);
  }

  /** Deltas were dropped, or a snapshot is due: what comes next is a catch-up. */
  lagging(): void {
    if (this.#phase === 'live') this.#phase = 'lagging';
    this.#tellState();
  }

  /** There will be no first snapshot. */
  refused(error: Error): void {
    this.#cancelPause();
    this.#rejectReady(error);
  }

  /** All that is held goes. */
  #without(): Map<string, Map<string, ViewRow | null>> {
    const changed = new Map<string, Map<string, ViewRow | null>>();
    for (const [table, rows] of this.tables) {
      changed.set(table, new Map(Array.from(rows.keys(), (id) => [id, null])));
    }
    return changed;
  }

  #replacing(snapshot: SnapshotMessage): ChangedRows {
    const changed = this.#without();
    for (const [table, rows] of Object.entries(snapshot.tables)) {
      const ofTable = changed.get(table) ?? new Map<string, ViewRow | null>();
      for (const row of rows) ofTable.set(row.id, row);
      changed.set(table, ofTable);
    }
    return changed;
  }

  #reached(message: SnapshotMessage | SnapshotDeltaMessage | DeltaMessage): void {
    if (message.type === 'snapshot') {
      this.#position = { epoch: message.epoch, version: message.version };
    } else if (this.#position !== null) {
      this.#position = { epoch: this.#position.epoch, version: message.newVersion };
    }
    this.#gaps = 0;
  }

  #settled(): void {
    this.#cancelPause();
    this.#phase = 'live';
    this.#trouble = null;
    this.#breaker.live(this.#owner.timers.monotonicMs());
    this.#resolveReady();
  }

  #gap(reason: string): void {
    const { timers, log } = this.#owner;
    this.#gaps += 1;
    this.#phase = 'lagging';
    const retryInMs = this.#breaker.gap(timers.monotonicMs());
    if (retryInMs === 0) {
      this.#tellState();
      this.#ask();
      return;
    }
    this.#trouble = { resyncs: this.#breaker.resyncs, reason, retryInMs };
    log.warn({ channel: this.channel, ...this.#trouble }, 'a channel does not stay in step');
    this.#cancelPause();
    this.#cancelPause = timers.after(retryInMs, () => {
      this.#ask();
    });
    this.#tellState();
  }

  /** Again after a catch-up did not help: then from the beginning. */
  #ask(): void {
    this.#cancelPause();
    this.#owner.subscribe(this, this.#gaps > 1 ? null : this.#position);
  }

  #tellState(): void {
    const { state, trouble } = this;
    if (state === this.#told.state && trouble === this.#told.trouble) return;
    this.#told = { state, trouble };
    this.#listeners.tell({ kind: 'state', state, trouble });
  }
}
