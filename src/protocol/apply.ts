/**
 * The rule by which a client keeps its copy of a channel: what to do with a snapshot, a catch-up and a delta. Rows are never
 * changed, only replaced, so that whoever draws them can tell by identity what changed.
 *
 * The rule is `judge` and `changedRows`. `applyMessage` keeps a copy by them whose maps are replaced as well; a copy whose maps
 * are altered in place asks them itself.
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

/** How far a copy reaches. */
export interface Position {
  readonly epoch: string;
  readonly version: number;
}

/** A client's copy of a channel. */
export interface Replica extends Position {
  readonly tables: ReadonlyMap<string, ReplicaTable>;
}

interface Dropped {
  /** The client has all of it already. */
  readonly kind: 'dropped';
}

interface Gap {
  /** Something is missing between: nothing was applied, subscribe again with `since`. */
  readonly kind: 'gap';
  readonly reason: string;
}

export type Applied = { readonly kind: 'applied'; readonly replica: Replica } | Dropped | Gap;

/** What becomes of the rows that a delta names, by table and id; null: the row goes. */
export type ChangedRows = ReadonlyMap<string, ReadonlyMap<string, ViewRow | null>>;

export type Judged = { readonly kind: 'fits'; readonly rows: ChangedRows } | Dropped | Gap;

const DROPPED: Dropped = { kind: 'dropped' };

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
  if (replica === null) return noSnapshot();
  const judged = judge(replica, message, (table, id) => replica.tables.get(table)?.get(id));
  if (judged.kind !== 'fits') return judged;
  const tables = new Map(replica.tables);
  for (const [table, changed] of judged.rows) {
    const rows = new Map(replica.tables.get(table));
    for (const [id, row] of changed) {
      if (row === null) rows.delete(id);
      else rows.set(id, row);
    }
    tables.set(table, rows);
  }
  return { kind: 'applied', replica: { ...replica, version: message.newVersion, tables } };
}

/** Whether the delta fits a copy that reaches so far, and what it makes of the rows that `held` gives. Changes nothing. */
export function judge(
  position: Position | null,
  message: SnapshotDeltaMessage | DeltaMessage,
  held: (table: string, id: string) => ViewRow | undefined,
): Judged {
  if (position === null) return noSnapshot();
  const { epoch, version } = position;
  if (message.type === 'snapshot:delta' && message.epoch !== epoch) {
    return { kind: 'gap', reason: `of another epoch: ${message.epoch}` };
  }
  if (message.newVersion <= version) return DROPPED;
  if (message.baseVersion > version) {
    const reason = `holds ${String(version)}, lacks up to ${String(message.baseVersion)}`;
    return { kind: 'gap', reason };
  }
  try {
    return { kind: 'fits', rows: changedRows(message.changes, held) };
  } catch (error) {
    return { kind: 'gap', reason: error instanceof Error ? error.message : String(error) };
  }
}

function noSnapshot(): Gap {
  return { kind: 'gap', reason: 'no snapshot yet' };
}

/** Throws where an update does not fit the rows held. A table is named also where none of its rows is. */
function changedRows(
  changes: Changes,
  held: (table: string, id: string) => ViewRow | undefined,
): ChangedRows {
  const changed = new Map<string, Map<string, ViewRow | null>>();
  for (const [table, { inserted = [], updated = [], deleted = [] }] of Object.entries(changes)) {
    const rows = new Map<string, ViewRow | null>();
    for (const row of inserted) rows.set(row.id, row);
    for (const update of updated) {
      const row = rows.get(update.id) ?? held(table, update.id);
      if (row === undefined) throw new Error(`an update of ${table} ${update.id}, not held`);
      rows.set(update.id, updateRow(row, update));
    }
    for (const id of deleted) rows.set(id, null);
    changed.set(table, rows);
  }
  return changed;
}

/** The row after an `updated` entry: `changes` first, then `patch`. The held row itself where the entry is not newer. */
export function updateRow(held: ViewRow, update: UpdatedRow): ViewRow {
  if (update.version <= held.version) return held;
  const changed: ViewRow = { ...held, ...update.changes };
  const patched = update.patch === undefined ? changed : applyPatch(changed, update.patch);
  return { ...patched, id: held.id, version: update.version };
}
