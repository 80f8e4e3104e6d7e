/**
 * The channels on the device's disk, and which of them are still followed: one that no client has followed for a week is
 * removed. A storage that fails is said once; the client goes on without.
 */
import type { Clock, Timers } from '../../base/clock.js';
import type { Log } from '../../base/log.js';
import type { ClientStorage } from '../storage/storage.js';
import type { ChannelReplica } from './replica.js';
import { SavedChannel, spaceOf } from './saved-channel.js';
import type { RowChange } from './tables.js';

export interface SavedChannelsOptions {
  readonly storage: ClientStorage;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly log: Log;
  /** Names this client among those that share the storage. */
  readonly writer: string;
}

/** Key: the channel; value: when a client last began to follow it. */
const DIRECTORY = 'channels';
const KEPT_MS = 7 * 24 * 3_600_000;
/** So long the hub is not asked for a channel while the storage is. */
const RESTORE_WAIT_MS = 2_000;

export class SavedChannels {
  readonly #options: SavedChannelsOptions;
  readonly #followed = new Map<string, SavedChannel>();
  #hasFailed = false;

  constructor(options: SavedChannelsOptions) {
    this.#options = options;
    this.#tidy().catch((cause: unknown) => {
      this.#failed(cause);
    });
  }

  /** Shows it what is saved, and saves it from now on. */
  follow(replica: ChannelReplica): void {
    const { storage, timers, clock } = this.#options;
    const { channel } = replica;
    const failed = (cause: unknown): void => {
      this.#failed(cause);
    };
    const saved = new SavedChannel(channel, replica, { ...this.#options, failed });
    this.#followed.set(channel, saved);
    storage.write(DIRECTORY, new Map([[channel, clock.now()]])).catch(failed);
    const giveUp = timers.after(RESTORE_WAIT_MS, () => replica.restore(null));
    saved.restore().then(
      (state) => {
        giveUp();
        if (replica.restore(state)) saved.taken();
      },
      (cause: unknown) => {
        giveUp();
        failed(cause);
        replica.restore(null);
      },
    );
  }

  changed(channel: string, changes: readonly RowChange[]): void {
    this.#followed.get(channel)?.changed(changes);
  }

  /** Saves at once what waits: there may be no later. */
  flush(): void {
    for (const saved of this.#followed.values()) saved.flush();
  }

  /** It is followed no longer, and will be removed in a week. */
  unfollow(channel: string): void {
    const saved = this.#followed.get(channel);
    saved?.flush();
    this.#followed.delete(channel);
  }

  /** Nothing of it shall stay on the device. */
  forget(channel: string): void {
    this.#followed.get(channel)?.end();
    this.#followed.delete(channel);
    this.#remove(channel).catch((cause: unknown) => {
      this.#failed(cause);
    });
  }

  #failed(cause: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    const reason = cause instanceof Error ? cause.message : String(cause);
    this.#options.log.warn({ reason }, 'what this client follows is not saved on this device');
  }

  async #tidy(): Promise<void> {
    const { storage, clock } = this.#options;
    for (const { key: channel, value } of await storage.entries(DIRECTORY)) {
      const isOld = typeof value !== 'number' || clock.now() - value > KEPT_MS;
      if (isOld && !this.#followed.has(channel)) await this.#remove(channel);
    }
  }

  async #remove(channel: string): Promise<void> {
    const { storage } = this.#options;
    const entries = await storage.entries(spaceOf(channel));
    await storage.write(spaceOf(channel), new Map(entries.map(({ key }) => [key, undefined])));
    await storage.write(DIRECTORY, new Map([[channel, undefined]]));
  }
}
