/** The channels of one branch that somebody follows. What nobody follows costs nothing and is forgotten. */
import type { Cancel, Clock, Timers } from '../../base/clock.js';
import { assertNever } from '../../base/assert.js';
import type { Histogram } from '../../base/histogram.js';
import type { ChangeSet } from '../../domain/change-set.js';
import { channelName } from '../../protocol/channels.js';
import type { HotBranch } from '../../store/hot/hot-branch.js';
import type { ChannelAddress } from '../channels/channel.js';
import type { Devices } from '../channels/devices.js';
import { ImageChannel } from '../channels/image-channel.js';
import { RowChannel } from '../channels/row-channel.js';
import { ShiftSource } from '../channels/shift-source.js';
import { rowView } from '../channels/views.js';
import type { FrameMessage } from '../connection.js';
import type { FanoutCounts } from './counts.js';
import { LiveChannel, type Subscriber } from './live-channel.js';
import { Pace, type PaceOptions } from './pace.js';

export interface BranchChannelsOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly frame: FrameMessage;
  readonly hot: HotBranch;
  readonly devices: Devices;
  readonly epoch: string;
  /** Names the history of the view `devices`: one start of the hub. */
  readonly startEpoch: string;
  readonly derivedIntervalMs: number;
  readonly pace: PaceOptions;
  readonly counts: FanoutCounts;
  /** Observes each delta's way from the commit to the sockets. */
  readonly delivery: Histogram;
  /** Runs at the end of the tick in which something is to be published. */
  readonly wake: () => void;
}

type Rows = Extract<Kind, { kind: 'rows' }>;

type Kind =
  | {
      readonly kind: 'rows';
      readonly channel: RowChannel;
      readonly pace: Pace;
      dirty: boolean;
      /** Monotonic milliseconds of the first change since the last delta, while dirty. */
      changedAt: number;
      /** Of the pause that it is in. */
      cancel: Cancel | null;
    }
  | {
      readonly kind: 'derived';
      readonly channel: ImageChannel;
      /** Monotonic milliseconds of the last delta. */
      publishedAt: number;
      cancel: Cancel | null;
    };

interface Followed {
  readonly live: LiveChannel;
  readonly of: Kind;
}

export class BranchChannels {
  readonly #options: BranchChannelsOptions;
  readonly #channels = new Map<string, Followed>();
  readonly #shiftSource: ShiftSource;
  /** `changedAt` of the deltas that wait to be written. */
  #unwritten: number[] = [];

  constructor(options: BranchChannelsOptions) {
    this.#options = options;
    this.#shiftSource = new ShiftSource(options.hot);
  }

  get size(): number {
    return this.#channels.size;
  }

  /** Makes the channel if need be. */
  follow(address: ChannelAddress, subscriber: Subscriber): LiveChannel {
    const name = nameOf(address);
    let followed = this.#channels.get(name);
    if (followed === undefined) {
      followed = this.#open(name, address);
      this.#channels.set(name, followed);
    }
    followed.live.add(subscriber);
    return followed.live;
  }

  unfollow(name: string, subscriber: Subscriber): void {
    const followed = this.#channels.get(name);
    if (followed === undefined) return;
    followed.live.remove(subscriber);
    if (followed.live.subscribers > 0) return;
    followed.of.cancel?.();
    this.#channels.delete(name);
  }

  /** Takes in a commit that memory has applied. */
  committed(changeSet: ChangeSet, version: number): void {
    this.#shiftSource.note(changeSet, version);
    const ended = endsShift(changeSet);
    for (const { live, of } of this.#channels.values()) {
      if (of.kind === 'rows') {
        if (of.channel.note(changeSet, version)) this.#changed(of);
        if (ended && of.channel.view.endsWithShift) this.#restart(live, of.channel);
        if (of.dirty) this.#options.wake();
      } else if (of.channel.address.view === 'shift') {
        if (ended) this.#restart(live, of.channel);
        else this.#publishDerived(live, of);
      }
    }
  }

  /** What was shown may have been wrong until now: every subscriber gets a new snapshot, but of devices. */
  restartAll(version: number): void {
    this.#shiftSource.restart(version);
    for (const { live, of } of this.#channels.values()) {
      if (of.channel.address.view !== 'devices') this.#restart(live, of.channel);
    }
  }

  /** A device came, went or reported. */
  devicesChanged(): void {
    const followed = this.#channels.get(
      nameOf({ branchId: this.#options.hot.branch.id, view: 'devices', station: null }),
    );
    if (followed?.of.kind === 'derived') this.#publishDerived(followed.live, followed.of);
  }

  /** The end of a tick: every channel that changed, and is not in a pause, sends one delta. */
  flush(): void {
    const now = this.#options.timers.monotonicMs();
    for (const { live, of } of this.#channels.values()) {
      if (of.kind !== 'rows' || !of.dirty || of.cancel !== null) continue;
      const waitMs = of.pace.take(now);
      if (waitMs === 0) this.#publish(live, of);
      else this.#pause(of, waitMs);
    }
  }

  /** Every channel that changed sends one delta, also those in a pause. */
  flushAll(): void {
    for (const { live, of } of this.#channels.values()) {
      if (of.kind === 'rows' && of.dirty) this.#publish(live, of);
    }
  }

  /** What was flushed has been written to the sockets. */
  written(): void {
    if (this.#unwritten.length === 0) return;
    const now = this.#options.timers.monotonicMs();
    for (const changedAt of this.#unwritten) {
      this.#options.delivery.observe((now - changedAt) / 1_000);
    }
    this.#unwritten = [];
  }

  close(): void {
    for (const { of } of this.#channels.values()) of.cancel?.();
    this.#channels.clear();
  }

  #changed(of: Rows): void {
    if (of.dirty) return;
    of.dirty = true;
    of.changedAt = this.#options.timers.monotonicMs();
  }

  #publish(live: LiveChannel, of: Rows): void {
    of.dirty = false;
    if (live.publish()) this.#unwritten.push(of.changedAt);
  }

  #pause(of: Rows, waitMs: number): void {
    of.cancel = this.#options.timers.after(waitMs, () => {
      of.cancel = null;
      this.#options.wake();
    });
  }

  #restart(live: LiveChannel, channel: RowChannel | ImageChannel): void {
    channel.restart();
    this.#options.counts.resyncs += 1;
    live.resync();
    this.#options.wake();
  }

  /** At once where the last delta is long enough ago, else when the interval is over. */
  #publishDerived(live: LiveChannel, of: Extract<Kind, { kind: 'derived' }>): void {
    if (of.cancel !== null) return;
    const { timers, derivedIntervalMs, wake } = this.#options;
    const due = of.publishedAt + derivedIntervalMs - timers.monotonicMs();
    of.cancel = timers.after(Math.max(0, due), () => {
      of.cancel = null;
      of.publishedAt = timers.monotonicMs();
      live.publish();
      wake();
    });
  }

  #open(name: string, address: ChannelAddress): Followed {
    const of = this.#make(name, address);
    const { clock, frame, counts } = this.#options;
    return { live: new LiveChannel(of.channel, { clock, frame, counts }), of };
  }

  #make(name: string, address: ChannelAddress): Kind {
    const { hot, devices, epoch, startEpoch } = this.#options;
    const { view, station } = address;
    switch (view) {
      case 'orders':
      case 'kitchen':
      case 'board':
      case 'menu': {
        const options = { name, address, epoch, hot, view: rowView(view, station) };
        const pace = new Pace(this.#options.pace);
        const channel = new RowChannel(options);
        return { kind: 'rows', channel, pace, dirty: false, changedAt: 0, cancel: null };
      }
      case 'shift': {
        const source = this.#shiftSource.read;
        const nextVersion = (): number => hot.version;
        const options = { name, address, epoch, source, nextVersion, version: hot.version };
        return derived(new ImageChannel(options));
      }
      case 'devices': {
        const { source } = devices;
        const nextVersion = (): number => devices.version;
        const options = { name, address, epoch: startEpoch, source, nextVersion, version: 0 };
        return derived(new ImageChannel(options));
      }
      default:
        return assertNever(view);
    }
  }
}

function derived(channel: ImageChannel): Kind {
  return { kind: 'derived', channel, publishedAt: -Infinity, cancel: null };
}

function nameOf({ branchId, view, station }: ChannelAddress): string {
  return channelName({ branchId, view, ...(station !== null && { station }) });
}

/**
 * Orders leave the view `orders`, or enter it, without being written: the shift ends, or opens with carried orders; or another
 * program put an order into another shift.
 */
function endsShift(changeSet: ChangeSet): boolean {
  const moved = changeSet.some(
    ({ table, changes }) => table === 'order_header' && changes?.shift_id !== undefined,
  );
  if (moved) return true;
  const shifts = changeSet.filter(({ table }) => table === 'pos_shift');
  if (shifts.length === 0) return false;
  return (
    shifts.some(({ before }) => before !== null) ||
    changeSet.some(({ table }) => table === 'order_header')
  );
}
