/**
 * The change set: what one command changes, as rows. The domain makes it, SQL stores it, memory applies it, views
 * project it, the wire carries it, verification folds it. It knows what changed, so nobody compares rows again.
 */
import type { Rows, TableName } from './rows.js';

/** One row that a command wrote. A row stands at most once in a change set. */
export interface RowChangeOf<T extends TableName> {
  readonly table: T;
  /** The row that the decision was made on; null: the row is new. */
  readonly before: Rows[T] | null;
  /** The row as it stands after the commit; its version is that of `before` plus one, or 1. */
  readonly after: Rows[T];
  /** The columns that changed, `version` among them, with their new values; null: the row is new. */
  readonly changes: Readonly<Partial<Rows[T]>> | null;
}

export type RowChange = { [T in TableName]: RowChangeOf<T> }[TableName];

/** In the order in which the rows must be written (parents before children). Never empty in a commit. */
export type ChangeSet = readonly RowChange[];

/** The serial form, in events: whole rows that came, columns of rows that changed. */
export type SerialChanges = {
  [T in TableName]?: {
    inserted?: Rows[T][];
    updated?: { id: string; version: number; changes: Partial<Rows[T]> }[];
  };
};

/** `{table: {id: version}}` of every record written: `result.records` of the acknowledgement. */
export type RecordVersions = Record<string, Record<string, number>>;

export function recordVersions(changeSet: ChangeSet): RecordVersions {
  const records: RecordVersions = {};
  for (const { table, after } of changeSet) {
    let versions = records[table];
    if (versions === undefined) {
      // Without a prototype it is a dictionary from the start; else each id would make a hidden class of its own.
      versions = Object.create(null) as Record<string, number>;
      records[table] = versions;
    }
    versions[after.id] = after.version;
  }
  return records;
}

export function serialChanges(changeSet: ChangeSet): SerialChanges {
  const serial: Record<string, { inserted?: unknown[]; updated?: unknown[] }> = {};
  for (const { table, after, changes } of changeSet) {
    const entry = (serial[table] ??= {});
    if (changes === null) {
      (entry.inserted ??= []).push(after);
    } else {
      const { version: _version, ...columns } = changes;
      (entry.updated ??= []).push({ id: after.id, version: after.version, changes: columns });
    }
  }
  return serial;
}
