/**
 * Puts the rows of archived orders beside those of the database, under the names `temp.stored_<table>`, so that every
 * check sees both. Of an order that is in several segments the one that archived_order names counts; the others are
 * copies that were superseded.
 */
import type { Database, Statement } from 'better-sqlite3';
import { shown, type Findings } from '../findings.js';
import { columnList, ORDER_TABLES, storedName, type TableShape } from '../table-shape.js';
import { segmentsOf, type Segment, type SegmentFiles } from './segments.js';

type SqlValue = string | number | null;
type Row = Readonly<Record<string, SqlValue>>;
type OrderRecord = Readonly<Record<string, readonly Row[] | undefined>>;

const INDEXED = [
  ...['shift_id', 'business_date', 'number', 'table_no', 'status', 'opened_at'],
] as const;
/** What finds the rows of an order, as in the database. */
const INDEXES: Readonly<Record<string, string>> = {
  order_line: 'branch_id, order_id',
  order_payment: 'branch_id, order_id',
  order_adjustment: 'branch_id, order_id',
};

export class ArchivedOrders {
  readonly #database: Database;
  readonly #tables: ReadonlyMap<string, TableShape>;
  readonly #findings: Findings;

  constructor(database: Database, tables: ReadonlyMap<string, TableShape>, findings: Findings) {
    this.#database = database;
    this.#tables = tables;
    this.#findings = findings;
  }

  /** Reads every segment of orders. */
  gather(files: SegmentFiles, onSegment: (done: number, total: number) => void): void {
    const segments = segmentsOf(this.#database, 'orders');
    if (segments.length === 0) {
      for (const shape of this.#shapes()) {
        this.#database.exec(
          `CREATE TEMP VIEW stored_${shape.name} AS SELECT * FROM main.${shape.name}`,
        );
      }
    } else {
      for (const shape of this.#shapes()) this.#makeTable(shape);
      const inserts = new Map(this.#shapes().map((shape) => [shape.name, this.#insert(shape)]));
      const indexed = this.#database.prepare<[string, string]>(
        'SELECT * FROM main.archived_order WHERE branch_id = ? AND id = ?',
      );
      for (const [done, segment] of segments.entries()) {
        files.read(segment, (record, block) => {
          this.#take(record as OrderRecord, { segment, block, indexed, inserts });
        });
        onSegment(done + 1, segments.length);
      }
      for (const shape of this.#shapes()) this.#addLiving(shape);
    }
    this.#checkIndex();
  }

  #shapes(): TableShape[] {
    return [...this.#tables.values()].filter(({ name }) => ORDER_TABLES.includes(name));
  }

  #makeTable(shape: TableShape): void {
    const columns = shape.columns.map(({ name, type }) => `${name} ${type}`).join(', ');
    const key = shape.key.join(', ');
    this.#database.exec(
      `CREATE TEMP TABLE stored_${shape.name} (${columns}, PRIMARY KEY (${key})) WITHOUT ROWID`,
    );
    const index = INDEXES[shape.name];
    if (index === undefined) return;
    this.#database.exec(
      `CREATE INDEX temp.stored_${shape.name}_of ON stored_${shape.name} (${index})`,
    );
  }

  #insert(shape: TableShape): (row: Row) => void {
    const places = shape.columns.map(() => '?').join(', ');
    const statement = this.#database.prepare<SqlValue[]>(
      `INSERT OR IGNORE INTO ${storedName(shape)} (${columnList(shape)}) VALUES (${places})`,
    );
    return (row) => {
      statement.run(...shape.columns.map(({ name }) => row[name] ?? null));
    };
  }

  #take(
    record: OrderRecord,
    to: {
      readonly segment: Segment;
      readonly block: number;
      readonly indexed: Statement<[string, string]>;
      readonly inserts: ReadonlyMap<string, (row: Row) => void>;
    },
  ): void {
    const { id: segmentId, branch_id } = to.segment;
    const header = record['order_header']?.[0];
    const index = to.indexed.get(branch_id, String(header?.['id'])) as Row | undefined;
    if (header === undefined || index?.['segment_id'] !== segmentId) return;
    const wrong = INDEXED.find((column) => index[column] !== header[column]);
    const place = `archived_order ${branch_id} ${String(index['id'])}`;
    if (index['block'] !== to.block) {
      const claim = `block is ${shown(index['block'])}, it lies in ${String(to.block)}`;
      this.#findings.add('archive', `${place}: ${claim} of segment ${segmentId}`);
    } else if (wrong !== undefined) {
      const claim = `${wrong} is ${shown(index[wrong])}, its row says ${shown(header[wrong])}`;
      this.#findings.add('archive', `${place}: ${claim}`);
    }
    for (const [table, insert] of to.inserts) {
      for (const row of record[table] ?? []) insert(row);
    }
  }

  /** The rows in the database. Those on their way out are there twice; in the segment they are whole. */
  #addLiving(shape: TableShape): void {
    this.#database.exec(
      `INSERT OR IGNORE INTO ${storedName(shape)} SELECT ${columnList(shape)} FROM main.${shape.name}`,
    );
  }

  #checkIndex(): void {
    this.#differ(
      `SELECT a.branch_id, a.id, 'is not in segment ' || a.segment_id AS fault FROM main.archived_order a
       WHERE NOT EXISTS (SELECT 1 FROM temp.stored_order_header h WHERE h.branch_id = a.branch_id AND h.id = a.id)`,
      'archived_order',
    );
    this.#differ(
      `SELECT a.branch_id, a.id, 'is in the database too, though segment ' || a.segment_id || ' is done' AS fault
       FROM main.archived_order a JOIN main.archive_segment s ON s.branch_id = a.branch_id AND s.id = a.segment_id
       WHERE s.state = 'done' AND (
         EXISTS (SELECT 1 FROM main.order_header h WHERE h.branch_id = a.branch_id AND h.id = a.id)
         OR EXISTS (SELECT 1 FROM main.order_line l WHERE l.branch_id = a.branch_id AND l.order_id = a.id)
         OR EXISTS (SELECT 1 FROM main.order_payment p WHERE p.branch_id = a.branch_id AND p.order_id = a.id))`,
      'archived_order',
    );
    this.#differ(
      `SELECT p.branch_id, p.id, 'is not indexed, though its order is archived' AS fault
       FROM main.archived_order a
       JOIN temp.stored_order_payment p ON p.branch_id = a.branch_id AND p.order_id = a.id
       WHERE NOT EXISTS (SELECT 1 FROM main.archived_payment i
         WHERE i.branch_id = p.branch_id AND i.id = p.id AND i.order_id = p.order_id)`,
      'archived_payment',
    );
    this.#differ(
      `SELECT i.branch_id, i.id, 'names a payment that order ' || i.order_id || ' does not have' AS fault
       FROM main.archived_payment i
       WHERE NOT EXISTS (SELECT 1 FROM temp.stored_order_payment p
         WHERE p.branch_id = i.branch_id AND p.id = i.id AND p.order_id = i.order_id)`,
      'archived_payment',
    );
  }

  #differ(sql: string, table: string): void {
    const wrong = this.#database.prepare(`${sql} ORDER BY 1, 2`).all() as Row[];
    const [first] = wrong;
    if (first === undefined) return;
    const place = `${table} ${String(first['branch_id'])} ${String(first['id'])}`;
    this.#findings.add('archive', `${place} ${String(first['fault'])}`, wrong.length);
  }
}
