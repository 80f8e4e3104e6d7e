/**
 * What waits to be written to one connection. Answers are never dropped; deltas are, all together, when they come to more than
 * their bound: then the connection is lagging until it has drained. A tick's frames leave in one write.
 */
import type { Connection, Frame } from '../connection.js';

/** Whose rows a frame brings: told when it was given to the socket. */
export interface Recipient {
  written(version: number): void;
}

/** What a frame is to its connection. */
export type Parcel =
  | { readonly kind: 'answer' }
  /** Names what is queued before it, and goes with the deltas that are dropped: it would name what never comes. */
  | { readonly kind: 'heartbeat' }
  /** A snapshot or catch-up, or a delta: leads the recipient's channel to `version`. */
  | { readonly kind: 'snapshot' | 'delta'; readonly to: Recipient; readonly version: number };

export interface OutboxOptions {
  readonly connection: Connection;
  readonly deltaBytesMax: number;
  /** Bytes given to the socket ahead of the kernel. */
  readonly socketBytesMax: number;
  /** A delta found no room: it and those that waited were dropped, so many in all. */
  readonly overflowed: (dropped: number) => void;
}

export class Outbox {
  readonly #options: OutboxOptions;
  /** What waits, and beside each frame its parcel: two lists, so that the frames leave as they stand. */
  #frames: Frame[] = [];
  #parcels: Parcel[] = [];
  #deltaBytes = 0;
  #bytes = 0;
  #snapshots = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#frames.length === 0;
  }

  /** Nothing waits, here or before the kernel. */
  get isDrained(): boolean {
    return this.isEmpty && this.#options.connection.bufferedBytes === 0;
  }

  /** Snapshots go one at a time: whether the next one may be made. */
  get takesSnapshot(): boolean {
    const { connection, socketBytesMax } = this.#options;
    return this.#snapshots === 0 && connection.bufferedBytes < socketBytesMax;
  }

  push(frame: Frame, parcel: Parcel): void {
    if (parcel.kind === 'delta') {
      if (this.#deltaBytes + frame.bytes > this.#options.deltaBytesMax) {
        this.#options.overflowed(this.dropDeltas() + 1);
        return;
      }
      this.#deltaBytes += frame.bytes;
    } else if (parcel.kind === 'snapshot') {
      this.#snapshots += 1;
    }
    this.#bytes += frame.bytes;
    this.#frames.push(frame);
    this.#parcels.push(parcel);
  }

  /**
   * Writes what the socket may take now, in order and in one go; more than once only where the kernel takes all of it at once.
   * What waits after that waits for the socket, which tells when it has drained.
   */
  flush(): void {
    const { connection, socketBytesMax } = this.#options;
    while (!this.isEmpty) {
      const room = socketBytesMax - connection.bufferedBytes;
      if (room <= 0) return;
      this.#write(room);
    }
  }

  /** Drops every delta that waits, of all channels, and the heartbeats that tell of them. Gives how many deltas. */
  dropDeltas(): number {
    const frames = this.#frames;
    const parcels = this.#parcels;
    this.#frames = [];
    this.#parcels = [];
    let dropped = 0;
    for (const [at, parcel] of parcels.entries()) {
      const frame = frames[at];
      if (frame === undefined) break;
      if (parcel.kind === 'delta' || parcel.kind === 'heartbeat') {
        this.#bytes -= frame.bytes;
        if (parcel.kind === 'delta') dropped += 1;
      } else {
        this.#frames.push(frame);
        this.#parcels.push(parcel);
      }
    }
    this.#deltaBytes = 0;
    return dropped;
  }

  /** As many frames as there is room for, the last one wholly. */
  #write(room: number): void {
    let count = 0;
    for (let left = room; left > 0 && count < this.#frames.length; count += 1) {
      left -= this.#frames[count]?.bytes ?? 0;
    }
    const isAll = count === this.#frames.length;
    const frames = isAll ? this.#frames : this.#frames.slice(0, count);
    const parcels = isAll ? this.#parcels : this.#parcels.slice(0, count);
    this.#frames = isAll ? [] : this.#frames.slice(count);
    this.#parcels = isAll ? [] : this.#parcels.slice(count);
    this.#options.connection.write(frames);
    for (let at = 0; at < count; at += 1) this.#leave(frames[at], parcels[at]);
  }

  #leave(frame: Frame | undefined, parcel: Parcel | undefined): void {
    if (frame === undefined || parcel === undefined) return;
    this.#bytes -= frame.bytes;
    if (parcel.kind === 'answer' || parcel.kind === 'heartbeat') return;
    if (parcel.kind === 'delta') this.#deltaBytes -= frame.bytes;
    else this.#snapshots -= 1;
    parcel.to.written(parcel.version);
  }
}
