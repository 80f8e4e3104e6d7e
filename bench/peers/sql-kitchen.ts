/** The kitchen's tickets by SQL alone, through the indexes that the schema has, or without any. */
import type { Database, Statement } from 'better-sqlite3';
import { TABLES } from '#dist/domain/tables.js';
import type { TableView } from '#dist/hub/channels/views.js';
import type { ViewRow } from '#dist/protocol/messages.js';
import { BRANCH } from '../stores/made-day.js';
import { kitchenTables, type KitchenTickets } from '../stores/kitchen.js';

/** As the schema's partial index says it. */
const HOT = `(h.status NOT IN ('closed', 'voided') OR h.stations <> '[]')`;
const AT_STATION = `(:station IS NULL OR instr(h.stations, :quoted) > 0)`;
const LINE = `(l.status IN ('queued', 'preparing', 'ready') OR l.mark IS NOT NULL)
  AND (:station IS NULL OR l.station = :station)`;

const SQL = {
  indexed: {
    header: `FROM order_header h INDEXED BY order_header_hot
      WHERE h.branch_id = :branch AND ${HOT} AND h.stations <> '[]' AND ${AT_STATION}`,
    line: `FROM order_header h INDEXED BY order_header_hot
      CROSS JOIN order_line l INDEXED BY order_line_of_order
        ON l.branch_id = h.branch_id AND l.order_id = h.id
      WHERE h.branch_id = :branch AND ${HOT} AND h.stations <> '[]' AND ${LINE}`,
  },
  scanning: {
    header: `FROM order_header h NOT INDEXED
      WHERE h.branch_id = :branch AND h.stations <> '[]' AND ${AT_STATION}`,
    line: `FROM order_line l NOT INDEXED WHERE l.branch_id = :branch AND ${LINE}`,
  },
} as const;

type Row = Record<string, unknown>;

export class SqlKitchen {
  readonly #statements: Readonly<Record<'header' | 'line', Statement<[Row]>>>;

  constructor(database: Database, how: keyof typeof SQL) {
    const { header, line } = kitchenTables(null);
    const list = (table: TableView, alias: string): string =>
      table.columns.map((column) => `${alias}.${column}`).join(', ');
    this.#statements = {
      header: database.prepare(`SELECT ${list(header, 'h')} ${SQL[how].header}`),
      line: database.prepare(`SELECT ${list(line, 'l')} ${SQL[how].line}`),
    };
  }

  /** `station` null: all of them. */
  tickets(station: string | null): KitchenTickets {
    const values = { branch: BRANCH, station, quoted: `"${station ?? ''}"` };
    const { header, line } = kitchenTables(station);
    const rows = (name: 'header' | 'line', table: TableView): ViewRow[] =>
      this.#statements[name].all(values).map((row) => decoded(table, row as Row));
    return { order_header: rows('header', header), order_line: rows('line', line) };
  }
}

/** In place. */
function decoded({ table, columns, shown }: TableView, row: Row): ViewRow {
  const kinds = TABLES[table].columns as Readonly<Record<string, string>>;
  const given = row;
  for (const column of columns) {
    if (kinds[column] !== 'json') continue;
    const value: unknown = JSON.parse(given[column] as string);
    given[column] = shown?.[column]?.(value) ?? value;
  }
  return given as ViewRow;
}
