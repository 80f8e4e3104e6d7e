/** Which entries may go out now, and why the others do not: in order per unit, one under way per unit. */
import { unitOfEntry, type QueueEntry, type WaitReason } from './entry.js';

export interface PlanOptions {
  /** Of whoever is signed in; null: nobody was yet. */
  readonly branchId: string | null;
  /** Sent by this client and not answered, or paused after a refusal. */
  readonly isBusy: (entry: QueueEntry) => boolean;
  /** Whether the replica shows what the hub acknowledged. */
  readonly isSeen: (entry: QueueEntry) => boolean;
  /** So many ready entries are enough: the rest of the queue is not looked at. Default: all of it is. */
  readonly enough?: number;
}

export interface Plan {
  /** In the order of the queue. What an earlier life of the client had sent is among them: it is sent again. */
  readonly ready: readonly QueueEntry[];
  /** By place, of entries that wait for more than their turn. */
  readonly held: ReadonlyMap<string, WaitReason>;
}

export function planOf(entries: Iterable<QueueEntry>, options: PlanOptions): Plan {
  const { branchId, isBusy, isSeen, enough = Infinity } = options;
  /** Units with an entry that must be settled first. */
  const busy = new Set<string>();
  /** Orders whose making was refused, with the words for a person. */
  const unmade = new Map<string, WaitReason>();
  const ready: QueueEntry[] = [];
  const held = new Map<string, WaitReason>();
  for (const entry of entries) {
    if (ready.length >= enough) break;
    const { state, place } = entry;
    const { kind } = state;
    if (kind === 'dropped' || (kind === 'acknowledged' && isSeen(entry))) continue;
    const unit = unitOfEntry(entry);
    if (kind === 'refused') {
      // The rest of an order that was not made cannot go; after any other refusal the rest goes on.
      if (entry.name !== 'order.open') continue;
      unmade.set(unit, { code: 'order_refused', message: state.error.message });
      continue;
    }
    if (kind !== 'acknowledged') {
      const reason = otherBranch(entry, branchId) ?? unmade.get(unit);
      if (reason !== undefined) held.set(place, reason);
      else if (!busy.has(unit) && !isBusy(entry)) ready.push(entry);
    }
    busy.add(unit);
  }
  return { ready, held };
}

function otherBranch(entry: QueueEntry, branchId: string | null): WaitReason | undefined {
  if (branchId === null || branchId === entry.branchId) return undefined;
  return { code: 'other_branch', message: `this is for the branch ${entry.branchId}` };
}
