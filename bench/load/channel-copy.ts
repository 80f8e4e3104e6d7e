/**
 * What one subscriber is told of a channel: counted, and where it checks, also decoded and held by the rule of deltas, so that it
 * can be compared with a fresh snapshot.
 */
import { applyMessage, type Replica } from '#dist/protocol/apply.js';
import { decode } from '#dist/protocol/codec.js';
import type {
  DeltaMessage,
  SnapshotDeltaMessage,
  SnapshotMessage,
} from '#dist/protocol/messages.js';

type Told = Buffer | SnapshotMessage | SnapshotDeltaMessage;

/**
 * Bytes of deltas kept for later: a screen that checks must not cost the load generator more than one that counts. Past it all
 * of them are applied at once, which keeps the others waiting: it is more than the longest load brings.
 */
const KEPT_BYTES_MAX = 256 * 1_048_576;

export class ChannelCopy {
  readonly #checks: boolean;
  readonly #arrived: (payload: Buffer, nth: number) => void;
  readonly #faults: string[] = [];
  deltas = 0;
  #replica: Replica | null = null;
  /** What was told and not applied yet, in its order. */
  #kept: Told[] = [];
  #keptBytes = 0;

  /** `arrived` is told of each delta, with its number since the subscription began. */
  constructor(checks: boolean, arrived: (payload: Buffer, nth: number) => void) {
    this.#checks = checks;
    this.#arrived = arrived;
  }

  /** All that was told, applied; null: it only counts, or was told nothing yet. */
  get replica(): Replica | null {
    this.#applyKept();
    return this.#replica;
  }

  /** What was told that does not fit what is held. */
  get faults(): readonly string[] {
    this.#applyKept();
    return this.#faults;
  }

  delta(payload: Buffer): void {
    this.#arrived(payload, this.deltas);
    this.deltas += 1;
    if (!this.#checks) return;
    this.#kept.push(Buffer.from(payload));
    this.#keptBytes += payload.length;
    if (this.#keptBytes > KEPT_BYTES_MAX) this.#applyKept();
  }

  /** The answer to `subscribe`, or a catch-up that came unasked. */
  catchUp(message: SnapshotMessage | SnapshotDeltaMessage): void {
    if (this.#checks) this.#kept.push(message);
  }

  /** Something that should not have come. */
  wrong(words: string): void {
    this.#faults.push(words);
  }

  #applyKept(): void {
    const kept = this.#kept;
    this.#kept = [];
    this.#keptBytes = 0;
    for (const told of kept) {
      const message = Buffer.isBuffer(told) ? (decode(told, 'msgpack') as DeltaMessage) : told;
      const applied = applyMessage(this.#replica, message);
      if (applied.kind === 'applied') this.#replica = applied.replica;
      else if (applied.kind === 'gap') this.#faults.push(`gap: ${applied.reason}`);
    }
  }
}

/** The same text for the same rows, whatever their order; versions of the channel are left out. */
export function canonical(replica: Replica | null): string {
  if (replica === null) return '';
  const tables = [...replica.tables].map(([name, rows]) => {
    const sorted = [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return [name, sorted.map((row) => Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))];
  });
  return JSON.stringify([replica.epoch, tables.sort()]);
}
