/**
 * Makes ready what a commit takes over from another program: rows stand at the version that the history knows, in the words
 * of this store, so that the commit then goes the usual way. It runs inside the commit's transaction.
 */
import type { Database, Statement } from 'better-sqlite3';
import { differingColumns } from '../../domain/row-difference.js';
import type { TableName } from '../../domain/rows.js';
import { TABLE_NAMES } from '../../domain/tables.js';
import type { Adoption, CommitOutcome, FoundRow, StoredRow } from '../port.js';
import { EventLog } from './event-log.js';
import type { CommitItem } from './messages.js';
import { WRITE_ORDER, type ParsedChanges, type TableChanges } from './parsed-changes.js';
import type { PlainRow } from './row-sql.js';
import type { RowStatements } from './row-statements.js';
import type { StatusLogs } from './status-logs.js';
import { storedRow } from './stored-row.js';
import { STORED_SQL } from './stored-rows.js';

export type Prepared =
  /** What is left to write. */
  | { readonly kind: 'ready'; readonly changes: ParsedChanges }
  | {
      readonly kind: 'refused';
      readonly outcome: Extract<CommitOutcome, { kind: 'conflict' | 'exists' }>;
    };

interface Commit {
  readonly item: CommitItem;
  readonly changes: ParsedChanges;
  readonly version: number;
}

export class AdoptionWriter {
  readonly #rows: RowStatements;
  readonly #logs: StatusLogs;
  readonly #byKey: ReadonlyMap<TableName, Statement<[{ branch_id: string; id: string }]>>;
  readonly #events: EventLog;

  constructor(database: Database, rows: RowStatements, logs: StatusLogs) {
    this.#rows = rows;
    this.#logs = logs;
    this.#byKey = new Map(
      STORED_SQL.slice(0, TABLE_NAMES.length).map(([table, sql]) => [table, database.prepare(sql)]),
    );
    this.#events = new EventLog(database);
  }

  prepare(text: string, commit: Commit): Prepared {
    const { found, restored } = JSON.parse(text) as Adoption;
    const branchId = commit.item[0];
    for (const { table, row } of found) {
      const stored = this.#stored(table, branchId, row.id);
      if (stored === null || differingColumns(table, stored.row, row).length > 0) {
        return refused('conflict', table, row.id);
      }
      const changed = commit.changes[table]?.updated?.find(({ id }) => id === row.id);
      if (changed !== undefined) {
        this.#overwrite({ table, row }, changed.version - 1, commit.version);
      } else if (this.#isKnown(branchId, stored)) {
        return refused('exists', table, row.id);
      }
    }
    for (const table of WRITE_ORDER) {
      for (const { row, commitVersion, ...of } of restored) {
        if (of.table !== table) continue;
        if (this.#stored(table, branchId, row.id) !== null) return refused('exists', table, row.id);
        // One that the commit changes comes back as it was before that change.
        const version = commitVersion === null ? row.version - 1 : row.version;
        this.#rows.insert(table, { ...row, version }, commitVersion ?? commit.version);
      }
    }
    return { kind: 'ready', changes: this.#withoutNew(commit) };
  }

  /** New rows are there already: they get this commit's number, and their log. */
  #withoutNew({ item, changes, version }: Commit): ParsedChanges {
    const left = Object.entries(changes).map(([name, { inserted = [], updated = [] }]) => {
      const table = name as TableName;
      for (const row of inserted) {
        this.#rows.overwrite(table, row, version);
        this.#logs.note(table, { id: row.id, version: row.version, columns: row }, item, version);
      }
      return [table, { updated }] as const satisfies readonly [TableName, TableChanges];
    });
    return Object.fromEntries(left);
  }

  #overwrite({ table, row }: FoundRow, version: number, commitVersion: number): void {
    const known: PlainRow = { ...row, version };
    this.#rows.overwrite(table, known, commitVersion);
  }

  #stored(table: TableName, branchId: string, id: string): StoredRow | null {
    const found = this.#byKey.get(table)?.get({ branch_id: branchId, id });
    return found === undefined ? null : storedRow(table, found);
  }

  /** Whether the commit that the row names wrote it. */
  #isKnown(branchId: string, { table, row, commitVersion }: StoredRow): boolean {
    const event = this.#events.event(branchId, commitVersion);
    if (event === null) return false;
    const written = (JSON.parse(event.changes) as ParsedChanges)[table];
    return [...(written?.inserted ?? []), ...(written?.updated ?? [])].some(
      ({ id }) => id === row.id,
    );
  }
}

function refused(kind: 'conflict' | 'exists', table: TableName, id: string): Prepared {
  return { kind: 'refused', outcome: { kind, table, id } };
}
