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

export class ChannelCopy {
  readonly #checks: boolean;
  readonly #arrived: (payload: Buffer, nth: number) => void;
  readonly faults: string[] = [];
  deltas = 0;
  /** null: it only counts, or was told nothing yet. */
  replica: Replica | null = null;

  /** `arrived` is told of each delta, with its number since the subscription began. */
  constructor(checks: boolean, arrived: (payload: Buffer, nth: number) => void) {
    this.#checks = checks;
    this.#arrived = arrived;
  }

  delta(payload: Buffer): void {
    this.#arrived(payload, this.deltas);
    this.deltas += 1;
    if (this.#checks) this.#apply(decode(payload, 'msgpack') as DeltaMessage);
  }

  /** The answer to `subscribe`, or a catch-up that came unasked. */
  catchUp(message: SnapshotMessage | SnapshotDeltaMessage): void {
    if (this.#checks) this.#apply(message);
  }

  #apply(message: DeltaMessage | SnapshotMessage | SnapshotDeltaMessage): void {
    const applied = applyMessage(this.replica, message);
    if (applied.kind === 'applied') this.replica = applied.replica;
    else if (applied.kind === 'gap') this.faults.push(`gap: ${applied.reason}`);
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
