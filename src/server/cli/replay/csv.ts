/**
 * Reads the two files of a replay: orders (`OrderNumber,OrderDate,ItemName,Quantity,ProductPrice,...`, one row a line, in
 * any order) and menu (`Item Name,Product Price`). A fault names its file and row; nothing is guessed or skipped.
 */
import { parse } from 'csv-parse/sync';
import { localTime } from '../../../domain/business-date.js';
import { readPence } from './money.js';

/** One row of the orders file. Rows that are equal to the letter are separate lines. */
export interface FileLine {
  readonly orderNumber: string;
  /** UTC epoch milliseconds. */
  readonly at: number;
  /** `dd/mm/yyyy` as written. */
  readonly calendarDate: string;
  readonly item: string;
  readonly qty: number;
  readonly pence: number;
}

export interface FileItem {
  readonly name: string;
  readonly pence: number;
}

export interface FileText {
  /** For messages. */
  readonly name: string;
  readonly text: string;
}

type Row<Column extends string> = Readonly<Record<Column, string>>;

const QTY_MAX = 999;

/** Rows by column name. Columns beside the named ones are passed over, such as TotalProducts, which is sometimes wrong. */
function readRows<Column extends string>(
  file: FileText,
  columns: readonly Column[],
): Row<Column>[] {
  let rows: Partial<Record<string, string>>[];
  try {
    rows = parse(file.text, { bom: true, columns: true, trim: true, skip_empty_lines: true });
  } catch (cause) {
    throw new Error(`${file.name} is not a CSV file with a header`, { cause });
  }
  for (const [index, row] of rows.entries()) {
    for (const column of columns) {
      if (row[column] === undefined || row[column] === '') {
        throw new Error(
          `${file.name}, row ${index + 2}: the column "${column}" is missing or empty`,
        );
      }
    }
  }
  return rows as Row<Column>[];
}

/** Reads each row; what a row's reading throws is said with its place. */
function readEach<Column extends string, Value>(
  file: FileText,
  columns: readonly Column[],
  read: (row: Row<Column>) => Value,
): Value[] {
  return readRows(file, columns).map((row, index) => {
    try {
      return read(row);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${file.name}, row ${index + 2}: ${reason}`, { cause });
    }
  });
}

function readQty(text: string): number {
  const qty = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (qty < 1) throw new Error(`"${text}" is not a quantity from 1 to ${QTY_MAX}`);
  return qty;
}

/** In the file's own row order. Times are local to `zone`. */
export function readOrders(file: FileText, zone: string): FileLine[] {
  const columns = ['OrderNumber', 'OrderDate', 'ItemName', 'Quantity', 'ProductPrice'] as const;
  return readEach(file, columns, (row) => ({
    orderNumber: row.OrderNumber,
    at: localTime(row.OrderDate, zone),
    calendarDate: row.OrderDate.slice(0, 10),
    item: row.ItemName,
    qty: readQty(row.Quantity),
    pence: readPence(row.ProductPrice),
  }));
}

/** In the file's own order. A name stands once. */
export function readMenu(file: FileText): FileItem[] {
  const names = new Set<string>();
  return readEach(file, ['Item Name', 'Product Price'] as const, (row) => {
    const name = row['Item Name'];
    if (names.has(name)) throw new Error(`the item "${name}" stands twice`);
    names.add(name);
    return { name, pence: readPence(row['Product Price']) };
  });
}
