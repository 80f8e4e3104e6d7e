/**
 * What waits to be written to one connection. Answers are never dropped; deltas are, all together, when they come to more than
 * their bound: then the connection is lagging until it has drained. A tick's frames leave in one write.
 */
import type { Connection, Frame } from '../connection.js';

/** What a frame is to its connection. */
export type Parcel =
  | { readonly kind: 'answer' }
  /** Names what is queued before it, and goes with the deltas that are dropped: it would name what never comes. */
  | { readonly kind: 'heartbeat' }
  /** A snapshot or catch-up: leads the channel to `version`. */
  | { readonly kind: 'snapshot'; readonly written: () => void }
  | { readonly kind: 'delta'; readonly written: () => void };

interface Waiting {
  readonly frame: Frame;
  readonly parcel: Parcel;
}

export interface OutboxOptions {
  readonly connection: Connection;
  readonly deltaBytesMax: number;
  /** Bytes given to the socket ahead of the kernel. */
  readonly socketBytesMax: number;
  /** The deltas that waited were dropped. */
  readonly overflowed: () => void;
}

export class Outbox {
  readonly #options: OutboxOptions;
  #waiting: Waiting[] = [];
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
    return this.#waiting.length === 0;
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
        this.dropDeltas();
        this.#options.overflowed();
        return;
      }
      this.#deltaBytes += frame.bytes;
    } else if (parcel.kind === 'snapshot') {
      this.#snapshots += 1;
    }
    this.#bytes += frame.bytes;
    this.#waiting.push({ frame, parcel });
  }

  /** Writes what the socket may take now, in order and in one go. */
  flush(): void {
    const { connection, socketBytesMax } = this.#options;
    let room = socketBytesMax - connection.bufferedBytes;
    if (room <= 0 || this.isEmpty) return;
    let count = 0;
    for (const { frame } of this.#waiting) {
      if (room <= 0) break;
      room -= frame.bytes;
      count += 1;
    }
    const leaving = count === this.#waiting.length ? this.#waiting : this.#waiting.slice(0, count);
    this.#waiting = count === this.#waiting.length ? [] : this.#waiting.slice(count);
    connection.write(leaving.map(({ frame }) => frame));
    for (const waiting of leaving) this.#leave(waiting);
  }

  /** Drops every delta that waits, of all channels, and the heartbeats that tell of them. */
  dropDeltas(): void {
    this.#waiting = this.#waiting.filter(({ frame, parcel }) => {
      if (parcel.kind !== 'delta' && parcel.kind !== 'heartbeat') return true;
      this.#bytes -= frame.bytes;
      return false;
    });
    this.#deltaBytes = 0;
  }

  #leave({ frame, parcel }: Waiting): void {
    this.#bytes -= frame.bytes;
    if (parcel.kind === 'answer' || parcel.kind === 'heartbeat') return;
    if (parcel.kind === 'delta') this.#deltaBytes -= frame.bytes;
    else this.#snapshots -= 1;
    parcel.written();
  }
}
