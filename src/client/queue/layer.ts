/** Rows with others laid over them: what one queued command changes is seen by the next. The rows below stay as they are. */
import type { ViewRow } from '../../protocol/messages.js';
import type { RowReader } from '../replica/tables.js';
import type { ColumnOf, RowOf } from '../replica/view-rows.js';

export class Layer implements RowReader {
  readonly #below: RowReader;
  /** By table and id. */
  readonly #over = new Map<string, Map<string, ViewRow>>();

  constructor(below: RowReader) {
    this.#below = below;
  }

  /** What was laid. */
  get over(): ReadonlyMap<string, ReadonlyMap<string, ViewRow>> {
    return this.#over;
  }

  lay(table: string, row: ViewRow): void {
    let rows = this.#over.get(table);
    if (rows === undefined) {
      rows = new Map();
      this.#over.set(table, rows);
    }
    rows.set(row.id, row);
  }

  table<Table extends string>(table: Table): ReadonlyMap<string, RowOf<Table>> {
    const over = this.#of(table);
    const below = this.#below.table(table);
    return over === undefined ? below : new Map([...below, ...over]);
  }

  row<Table extends string>(table: Table, id: string): RowOf<Table> | undefined {
    return this.#of(table)?.get(id) ?? this.#below.row(table, id);
  }

  where<Table extends string>(
    table: Table,
    column: ColumnOf<Table>,
    value: unknown,
  ): ReadonlyMap<string, RowOf<Table>> {
    const over = this.#of(table);
    const below = this.#below.where(table, column, value);
    if (over === undefined) return below;
    const rows = new Map(below);
    for (const [id, row] of over) {
      if (holds((row as ViewRow)[column], value)) rows.set(id, row);
      else rows.delete(id);
    }
    return rows;
  }

  /** What is laid has the columns that the view below shows. */
  #of<Table extends string>(table: Table): ReadonlyMap<string, RowOf<Table>> | undefined {
    return this.#over.get(table) as ReadonlyMap<string, RowOf<Table>> | undefined;
  }
}

/** As `RowReader.where` has it: the value itself, or a list with it. */
function holds(column: unknown, value: unknown): boolean {
  return Array.isArray(column) ? column.includes(value) : column === value;
}
