/**
 * What a person sees: the hub's rows with what is queued laid over them, predicted by the rules of the house, in the order of
 * the queue. It is made anew from the rows as they stand, so a newer truth is what the predictions begin with.
 *
 * Paid stays paid: a payment lies over its order from the moment it is queued until the replica shows it or a person drops it,
 * also while it is refused; and no command that may be queued takes a payment back or opens an order again.
 */
import type { Expect } from '../../domain/command.js';
import type { BranchGetResult } from '../../protocol/results.js';
import type { RowReader } from '../replica/tables.js';
import type { Truth } from '../replica/truth.js';
import { predict, type Prediction } from '../prediction/predict.js';
import { NOT_IDEMPOTENT } from '../prediction/queueable.js';
import { commandOf, unitOfEntry, type QueueEntry, type StoredEntry } from './entry.js';
import type { Facts } from './facts.js';
import { Layer } from './layer.js';
import type { Seen } from './seen.js';
import type { StoredQueue } from './stored-queue.js';

export interface OverlayParts {
  readonly stored: StoredQueue;
  readonly truth: Truth;
  readonly seen: Seen;
  readonly facts: Facts;
}

export class Overlay {
  readonly #parts: OverlayParts;

  constructor(parts: OverlayParts) {
    this.#parts = parts;
  }

  /** What the command would do now, after all that is queued. */
  predict(entry: StoredEntry): Prediction {
    return this.#predict(this.unit(entry.branchId, unitOfEntry(entry)), entry);
  }

  /**
   * The rows of the branch as they look with the queued commands of one unit (an order, the drawer, a menu item). `before`: a
   * place; what stands there or later in the queue is left out.
   */
  unit(branchId: string, unit: string, before?: string): Layer {
    const layer = new Layer(this.#parts.truth.reader(branchId));
    for (const entry of this.#parts.stored.entries) {
      if (before !== undefined && entry.place >= before) break;
      if (entry.branchId !== branchId || unitOfEntry(entry) !== unit) continue;
      if (!this.#lies(entry, layer)) continue;
      const prediction = this.#effect(layer, entry);
      // Refused on the newer truth, or done already: it adds nothing.
      if (prediction.kind !== 'change') continue;
      for (const { table, row } of prediction.rows) layer.lay(table, row);
    }
    return layer;
  }

  /** Of what is queued: it waits for a shift where none is open, and money that was taken was taken. */
  #effect(rows: Layer, entry: QueueEntry): Prediction {
    const { lastShift } = this.#parts.facts;
    const prediction = this.#predict(rows, entry, lastShift);
    if (prediction.kind !== 'refused' || prediction.refusal.code !== 'overpayment') {
      return prediction;
    }
    return this.#predict(owingMore(rows, entry), entry, lastShift);
  }

  /** `shift`: where none is open. */
  #predict(
    rows: RowReader,
    entry: StoredEntry,
    shift: BranchGetResult['shift'] = null,
  ): Prediction {
    const { branch } = this.#parts.facts;
    if (branch === null) return { kind: 'unknown', reason: 'the rules of the branch' };
    const { key, at, by: principal } = entry;
    const command = { ...commandOf(entry), key, at, clientAt: at };
    return predict(rows, command, { ...branch, shift: branch.shift ?? shift, principal });
  }

  #lies(entry: QueueEntry, rows: RowReader): boolean {
    const { name, state } = entry;
    switch (state.kind) {
      case 'waiting':
        return true;
      case 'sending':
        return !NOT_IDEMPOTENT.has(name) || !mayBeDone(state.expect, rows);
      case 'acknowledged':
        return !this.#parts.seen.has(entry);
      case 'refused':
        return HAPPENED.has(name);
      case 'dropped':
        return false;
    }
  }
}

/** What was done in the room whatever the hub says: the guests are there, and their money was taken. */
const HAPPENED: ReadonlySet<string> = new Set(['order.open', 'payment.add']);

/** The order with a total that the payment fits in; its own one is reckoned anew from its lines. */
function owingMore(rows: RowReader, { payload }: StoredEntry): RowReader {
  const header = rows.row('order_header', String(payload['order_id']));
  const layer = new Layer(rows);
  if (header === undefined) return layer;
  const total = (header.paid ?? 0) + Number(payload['amount']);
  layer.lay('order_header', { ...header, total });
  return layer;
}

/** A row that it was sent for has changed since: by this very command, for all that is known. */
function mayBeDone(expect: Expect, rows: RowReader): boolean {
  return Object.entries(expect).some(([table, versions]) =>
    Object.entries(versions).some(([id, version]) => (rows.row(table, id)?.version ?? 0) > version),
  );
}
