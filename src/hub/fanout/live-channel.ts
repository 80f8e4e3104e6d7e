/**
 * A channel with those who follow it. Each delta is encoded once per encoding and framed once; a snapshot's rows are encoded
 * once per version however many ask, and so is what everybody lacks who stopped at the same version.
 */
import type { Encoding } from '../../protocol/messages.js';
import { encode, encodeAround, encodeFramed } from '../../protocol/codec.js';
import type { Clock } from '../../base/clock.js';
import { FRAME_HEAD_ROOM, type Frame, type FrameMessage } from '../connection.js';
import type { Channel } from '../channels/channel.js';
import type { FanoutCounts, ResumeCounts } from './counts.js';

/** One connection's subscription, as the channel sees it. */
export interface Subscriber {
  readonly encoding: Encoding;
  /** A delta that leads to `version`. */
  delta(frame: Frame, version: number): void;
  /** The rows that it holds are void: it asks for a snapshot. */
  resync(): void;
}

/** What a client says that it holds. */
export interface Since {
  readonly epoch: string;
  readonly version: number;
}

export interface CaughtUp {
  readonly frame: Frame;
  readonly version: number;
  readonly kind: 'snapshot' | 'delta';
}

export interface LiveChannelOptions {
  readonly clock: Clock;
  readonly frame: FrameMessage;
  readonly counts: FanoutCounts;
}

type EncodedParts = Map<Encoding, Uint8Array>;

/** Positions to catch up from whose answers are kept until the channel moves on. */
const CATCH_UPS_MAX = 256;

export class LiveChannel {
  readonly channel: Channel;
  readonly #options: LiveChannelOptions;
  readonly #subscribers = new Set<Subscriber>();
  /** The parts below belong to this version of the channel. */
  #partsVersion = -1;
  readonly #snapshotParts: EncodedParts = new Map();
  readonly #catchUpParts = new Map<number, EncodedParts>();

  constructor(channel: Channel, options: LiveChannelOptions) {
    this.channel = channel;
    this.#options = options;
  }

  get subscribers(): number {
    return this.#subscribers.size;
  }

  add(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
  }

  remove(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
  }

  /** Sends what is pending to every subscriber. False: there was nothing. */
  publish(): boolean {
    const { channel } = this;
    const { counts, frame } = this.#options;
    const delta = channel.takeDelta();
    if (delta === null) return false;
    const message = { type: 'delta', channel: channel.name, ...delta } as const;
    const frames = new Map<Encoding, Frame>();
    const ofView = counts.views[channel.address.view];
    counts.deltas += 1;
    for (const subscriber of this.#subscribers) {
      let ready = frames.get(subscriber.encoding);
      if (ready === undefined) {
        const bytes = encodeFramed(message, subscriber.encoding, FRAME_HEAD_ROOM);
        ready = frame([bytes], subscriber.encoding, FRAME_HEAD_ROOM);
        frames.set(subscriber.encoding, ready);
        counts.encodes += 1;
        counts.deltaEncodes += 1;
      }
      counts.deliveries += 1;
      ofView.deltaBytes += ready.bytes;
      subscriber.delta(ready, delta.newVersion);
    }
    return true;
  }

  /** Tells every subscriber that only a snapshot helps. */
  resync(): void {
    for (const subscriber of [...this.#subscribers]) subscriber.resync();
  }

  /** What brings a client from `since` (null: from nothing) to the channel's version. */
  catchUp(since: Since | null, encoding: Encoding, id: string | undefined): CaughtUp {
    if (!this.channel.paced) this.publish();
    this.#forgetOldParts();
    const part = since === null ? null : this.#catchUpPart(since, encoding);
    const caughtUp =
      part === null || since === null
        ? this.#snapshot(encoding, id)
        : this.#catchUpFrom(since.version, { part, encoding, id });
    const { counts } = this.#options;
    counts.views[this.channel.address.view].catchUpBytes += caughtUp.frame.bytes;
    // Without an id nobody came back: the channel was resynced or the connection lagged.
    if (since !== null && id !== undefined) counts.resumes[outcomeOf(caughtUp, since)] += 1;
    return caughtUp;
  }

  #forgetOldParts(): void {
    if (this.#partsVersion === this.channel.version) return;
    this.#partsVersion = this.channel.version;
    this.#snapshotParts.clear();
    this.#catchUpParts.clear();
  }

  #snapshot(encoding: Encoding, id: string | undefined): CaughtUp {
    const { name, address, epoch, version } = this.channel;
    const envelope = {
      type: 'snapshot',
      ...(id !== undefined && { id }),
      channel: name,
      view: address.view,
      branchId: address.branchId,
      epoch,
      version,
      serverTime: this.#options.clock.now(),
    };
    this.#options.counts.snapshots += 1;
    const part = { key: 'tables', bytes: this.#snapshotPart(encoding) };
    return { frame: this.#frameAround(envelope, part, encoding), version, kind: 'snapshot' };
  }

  #catchUpFrom(
    since: number,
    to: {
      readonly part: Uint8Array;
      readonly encoding: Encoding;
      readonly id: string | undefined;
    },
  ): CaughtUp {
    const { name, epoch, version } = this.channel;
    const envelope = {
      type: 'snapshot:delta',
      ...(to.id !== undefined && { id: to.id }),
      channel: name,
      epoch,
      baseVersion: since,
      newVersion: version,
      serverTime: this.#options.clock.now(),
    };
    this.#options.counts.catchUps += 1;
    const part = { key: 'changes', bytes: to.part };
    return { frame: this.#frameAround(envelope, part, to.encoding), version, kind: 'delta' };
  }

  #frameAround(
    envelope: object,
    part: { readonly key: string; readonly bytes: Uint8Array },
    encoding: Encoding,
  ): Frame {
    const parts = encodeAround(envelope, part, { encoding, headRoom: FRAME_HEAD_ROOM });
    return this.#options.frame(parts, encoding, FRAME_HEAD_ROOM);
  }

  #snapshotPart(encoding: Encoding): Uint8Array {
    return this.#part(this.#snapshotParts, encoding, () => this.channel.tables());
  }

  /** Null: a snapshot is needed, or smaller. */
  #catchUpPart(since: Since, encoding: Encoding): Uint8Array | null {
    if (since.epoch !== this.channel.epoch) return null;
    const known = this.#catchUpParts.get(since.version)?.get(encoding);
    if (known !== undefined) return known;
    const caughtUp = this.channel.catchUp(since.version);
    if (caughtUp === null) return null;
    const parts = this.#catchUpParts.get(since.version) ?? new Map<Encoding, Uint8Array>();
    const bytes = this.#part(parts, encoding, () => caughtUp.changes);
    if (!caughtUp.fewer && bytes.length >= this.#snapshotPart(encoding).length) return null;
    if (this.#catchUpParts.size < CATCH_UPS_MAX) this.#catchUpParts.set(since.version, parts);
    return bytes;
  }

  #part(parts: EncodedParts, encoding: Encoding, content: () => object): Uint8Array {
    const known = parts.get(encoding);
    if (known !== undefined) return known;
    const bytes = encode(content(), encoding);
    this.#options.counts.encodes += 1;
    parts.set(encoding, bytes);
    return bytes;
  }
}

function outcomeOf({ kind, version }: CaughtUp, since: Since): keyof ResumeCounts {
  return kind === 'delta' && version === since.version ? 'unchanged' : kind;
}
