/**
 * The rule by which a client keeps its copy of a channel: what to do with a snapshot, a catch-up and a delta. Pure: rows are
 * never changed, only replaced, so that whoever draws them can tell by identity what changed.
 */
import type {
  Changes,
  DeltaMessage,
  SnapshotDeltaMessage,
  SnapshotMessage,
  UpdatedRow,
  ViewRow,
} from './messages.js';
import { applyPatch } from './patch.js';

export type ReplicaTable = ReadonlyMap<string, ViewRow>;

/** A client's copy of a channel. */
export interface Replica {
  readonly epoch: string;
  readonly version: number;
  readonly tables: ReadonlyMap<string, ReplicaTable>;
}

export type Applied =
  | { readonly kind: 'applied'; readonly replica: Replica }
  /** The client has all of it already. */
  | { readonly kind: 'dropped' }
  /** Something is missing between: nothing was applied, subscribe again with `since`. */
  | { readonly kind: 'gap'; readonly reason: string };

const DROPPED: Applied = { kind: 'dropped' };

/** A snapshot replaces everything. */
export function replicaOf(snapshot: SnapshotMessage): Replica {
  const tables = new Map<string, ReplicaTable>();
  for (const [table, rows] of Object.entries(snapshot.tables)) {
    tables.set(table, new Map(rows.map((row) => [row.id, row])));
  }
  return { epoch: snapshot.epoch, version: snapshot.version, tables };
}

/** `replica` null: the client holds nothing yet. */
export function applyMessage(
  replica: Replica | null,
  message: SnapshotMessage | SnapshotDeltaMessage | DeltaMessage,
): Applied {
  if (message.type === 'snapshot') return { kind: 'applied', replica: replicaOf(message) };
  if (replica === null) return { kind: 'gap', reason: 'no snapshot yet' };
  if (message.type === 'snapshot:delta' && message.epoch !== replica.epoch) {
    return { kind: 'gap', reason: `of another epoch: ${message.epoch}` };
  }
  if (message.newVersion <= replica.version) return DROPPED;
  if (message.baseVersion > replica.version) {
    return {
      kind: 'gap',
      reason: `holds ${String(replica.version)}, lacks up to ${String(message.baseVersion)}`,
    };
  }
  try {
    const tables = applyChanges(replica.tables, message.changes);
    return { kind: 'applied', replica: { ...replica, version: message.newVersion, tables } };
  } catch (error) {
    return { kind: 'gap', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Throws where an update does not fit the rows held. Tables without changes keep their identity. */
function applyChanges(
  tables: ReadonlyMap<string, ReplicaTable>,
  changes: Changes,
): ReadonlyMap<string, ReplicaTable> {
  const next = new Map(tables);
  for (const [table, { inserted = [], updated = [], deleted = [] }] of Object.entries(changes)) {
    const rows = new Map(tables.get(table));
    for (const row of inserted) rows.set(row.id, row);
    for (const update of updated) {
      const held = rows.get(update.id);
      if (held === undefined) throw new Error(`an update of ${table} ${update.id}, not held`);
      rows.set(update.id, updateRow(held, update));
    }
    for (const id of deleted) rows.delete(id);
    next.set(table, rows);
  }
  return next;
}

/** The row after an `updated` entry: `changes` first, then `patch`. The held row itself where the entry is not newer. */
export function updateRow(held: ViewRow, update: UpdatedRow): ViewRow {
  if (update.version <= held.version) return held;
  const changed: ViewRow = { ...held, ...update.changes };
  const patched = update.patch === undefined ? changed : applyPatch(changed, update.patch);
  return { ...patched, id: held.id, version: update.version };
}
