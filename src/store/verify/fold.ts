/** Folds one event after the other into the scratch tables, and says what an event claims that cannot be. */
import { SqliteError, type Database, type Statement } from 'better-sqlite3';
import type { StoredEvent } from './event-chain.js';
import { shown, type Check, type Findings } from './findings.js';
import { ClearTexts, isHashed, personalColumns } from './personal.js';
import type { Columns, Scratch } from './scratch.js';
import type { TableShape } from './table-shape.js';

/** `{table: {id: version}}` of what an event wrote. */
export type WrittenVersions = Record<string, Record<string, number>>;

interface TableEntry {
  readonly inserted?: readonly Columns[];
  readonly updated?: readonly { id: string; version: number; changes: Columns }[];
}

type Logged = [at: number, by: string, device: string, commit: number, branch: string, id: string];

/** The row as the event left it, with who and when of the event. */
const LOG_ORDER = `INSERT OR REPLACE INTO temp.fold_order_status_log
  (branch_id, order_id, version, status, at, by_staff, device_id, commit_version)
  SELECT branch_id, id, version, status, ?, ?, ?, ? FROM temp.fold_order_header
  WHERE branch_id = ? AND id = ?`;
const LOG_LINE = `INSERT OR REPLACE INTO temp.fold_order_line_status_log
  (branch_id, line_id, version, order_id, status, at, by_staff, device_id, commit_version)
  SELECT branch_id, id, version, order_id, status, ?, ?, ?, ? FROM temp.fold_order_line
  WHERE branch_id = ? AND id = ?`;

export class Fold {
  readonly #scratch: Scratch;
  readonly #findings: Findings;
  readonly #clearTexts: ClearTexts;
  readonly #logs: ReadonlyMap<string, Statement<Logged>>;

  constructor(database: Database, scratch: Scratch, findings: Findings) {
    this.#scratch = scratch;
    this.#findings = findings;
    this.#clearTexts = new ClearTexts(database);
    this.#logs = new Map([
      ['order_header', database.prepare<Logged>(LOG_ORDER)],
      ['order_line', database.prepare<Logged>(LOG_LINE)],
    ]);
  }

  /** Gives the records that the event wrote. */
  apply(event: StoredEvent): WrittenVersions {
    const written: WrittenVersions = {};
    try {
      this.#applyTables(event, written);
    } catch (error) {
      if (!isMalformed(error)) throw error;
      this.#differ('event', event, `holds no change set: ${error.message}`);
    }
    return written;
  }

  #applyTables(event: StoredEvent, written: WrittenVersions): void {
    const changes = JSON.parse(event.changes) as Record<string, TableEntry>;
    for (const [table, entry] of Object.entries(changes)) {
      const shape = this.#scratch.shape(table);
      if (shape === undefined) {
        this.#differ('event', event, `names the unknown table ${table}`);
        continue;
      }
      const versions: Record<string, number> = (written[table] = {});
      for (const row of entry.inserted ?? []) {
        versions[String(row['id'])] = Number(row['version']);
        this.#insert(event, shape, row);
      }
      for (const { id, version, changes: columns } of entry.updated ?? []) {
        versions[id] = version;
        this.#update(event, shape, { id, version, columns });
      }
    }
  }

  #insert(event: StoredEvent, shape: TableShape, row: Columns): void {
    const id = String(row['id']);
    const owner = shape.name === 'branch' ? row['id'] : row['branch_id'];
    if (owner !== event.branch_id) {
      this.#differ('event', event, `writes ${shape.name} ${id} of branch ${shown(owner)}`);
      return;
    }
    const stands = this.#scratch.version(shape, event.branch_id, id);
    if (stands !== null || row['version'] !== 1) {
      const found = stands === null ? 'is not there' : `is there at version ${String(stands)}`;
      const claim = `inserts ${shape.name} ${id} at version ${shown(row['version'])}`;
      this.#differ('event', event, `${claim}, which ${found}`);
      if (stands !== null) return;
    }
    this.#unknownColumns(event, shape, row);
    this.#clearText(event, shape, id, row);
    this.#scratch.insert(shape, { ...row, commit_version: event.version });
    this.#log(event, shape, id);
  }

  #update(
    event: StoredEvent,
    shape: TableShape,
    changed: { id: string; version: number; columns: Columns },
  ): void {
    const { id, version, columns } = changed;
    const stands = this.#scratch.version(shape, event.branch_id, id);
    if (stands === null || version !== stands + 1) {
      const found = stands === null ? 'is not there' : `is at version ${String(stands)}`;
      const claim = `takes ${shape.name} ${id} to version ${String(version)}`;
      this.#differ('event', event, `${claim}, but it ${found}`);
      if (stands === null) return;
    }
    if (this.#unknownColumns(event, shape, columns)) return;
    this.#clearText(event, shape, id, columns);
    const set = { ...columns, version, commit_version: event.version };
    this.#scratch.update(shape, event.branch_id, id, set);
    if (columns['status'] !== undefined) this.#log(event, shape, id);
  }

  #log(event: StoredEvent, shape: TableShape, id: string): void {
    const { at, actor, device, version, branch_id } = event;
    this.#logs.get(shape.name)?.run(at, actor, device, version, branch_id, id);
  }

  #unknownColumns(event: StoredEvent, shape: TableShape, columns: Columns): boolean {
    const unknown = Object.keys(columns).find(
      (column) => !shape.columns.some(({ name }) => name === column),
    );
    if (unknown === undefined) return false;
    this.#differ('event', event, `sets the unknown column ${shape.name}.${unknown}`);
    return true;
  }

  #clearText(event: StoredEvent, shape: TableShape, id: string, columns: Columns): void {
    for (const column of personalColumns(shape.name)) {
      const value = columns[column];
      if (value === undefined || value === null || isHashed(value)) continue;
      if (this.#clearTexts.mayTell(column, event)) {
        this.#findings.counts.clear += 1;
        continue;
      }
      this.#differ('personal', event, `tells ${shape.name} ${id} ${column} in clear text`);
    }
  }

  #differ(check: Check, event: StoredEvent, what: string): void {
    const place = `event ${event.branch_id} ${String(event.version)} (${event.command})`;
    this.#findings.add(check, `${place} ${what}`);
  }
}

/** What a change set of the wrong shape leads to: text that is no JSON, no lists where lists belong, a row without an id. */
function isMalformed(error: unknown): error is Error {
  if (error instanceof SqliteError) return error.code.startsWith('SQLITE_CONSTRAINT');
  return error instanceof SyntaxError || error instanceof TypeError;
}
