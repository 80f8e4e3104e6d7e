/** A channel as text: the kitchen's tickets as a cook would read them, every other view as plain tables. Pure. */
import type { Replica } from '../../../client/index.js';
import type { ViewName, ViewRow } from '../../../protocol/messages.js';

type Tables = Replica['tables'];

export interface BoardOptions {
  readonly view: ViewName;
  /** The hub's time. */
  readonly now: number;
  /** Columns of the terminal. */
  readonly width: number;
}

/** Lines without line ends, each cut to the width. */
export function boardLines(tables: Tables, options: BoardOptions): string[] {
  const lines = options.view === 'kitchen' ? kitchen(tables, options.now) : plain(tables, options);
  return lines.map((line) => (line.length > options.width ? line.slice(0, options.width) : line));
}

function rowsOf(tables: Tables, table: string): ViewRow[] {
  return [...(tables.get(table)?.values() ?? [])];
}

// ---- kitchen

/** Rushed tickets first, then the oldest; a recalled ticket stands at its original place in time. */
function kitchen(tables: Tables, now: number): string[] {
  const lines = rowsOf(tables, 'order_line').sort(
    (one, other) => numberOf(one, 'seq') - numberOf(other, 'seq'),
  );
  const tickets = rowsOf(tables, 'order_header').sort(beforeInKitchen);
  if (tickets.length === 0) return ['No tickets.'];
  return tickets.flatMap((header) => [
    ...ticketHead(header, now),
    ...lines.filter((line) => line['order_id'] === header.id).flatMap(ticketLine),
    '',
  ]);
}

function beforeInKitchen(one: ViewRow, other: ViewRow): number {
  const rush = numberOf(other, 'priority') - numberOf(one, 'priority');
  return rush === 0 ? sentAt(one) - sentAt(other) : rush;
}

function sentAt(header: ViewRow): number {
  const sent = numberOf(header, 'sent_at');
  return sent === 0 ? numberOf(header, 'opened_at') : sent;
}

function ticketHead(header: ViewRow, now: number): string[] {
  const table = textOf(header, 'table_no');
  const place = table === '' ? textOf(header, 'order_type').replace('_', ' ') : `table ${table}`;
  const guests = numberOf(header, 'guests') === 0 ? '' : `, ${numberOf(header, 'guests')} guests`;
  const rush = numberOf(header, 'priority') > 0 ? '  RUSH' : '';
  const note = textOf(header, 'note');
  return [
    `#${numberOf(header, 'number')}  ${place}${guests}  ${ageOf(sentAt(header), now)}  ${textOf(header, 'status').toUpperCase()}${rush}`,
    ...(note === '' ? [] : [`   note: ${note}`]),
  ];
}

function ticketLine(line: ViewRow): string[] {
  const mark = textOf(line, 'mark');
  const allergens = listOf(line, 'allergens').map(String);
  const note = textOf(line, 'note');
  const course = numberOf(line, 'course') === 0 ? '' : `  course ${numberOf(line, 'course')}`;
  const marked = mark === '' ? '' : `  ** ${mark.toUpperCase()} **`;
  return [
    `   ${String(numberOf(line, 'qty')).padStart(3)} x ${textOf(line, 'name')}  [${textOf(line, 'status')}]${course}${marked}`,
    ...listOf(line, 'modifiers').map((modifier) => `         + ${nameOf(modifier)}`),
    ...(note === '' ? [] : [`         "${note}"`]),
    ...(allergens.length === 0 ? [] : [`         !! ALLERGENS: ${allergens.join(', ')}`]),
  ];
}

/** `4 min`, `1 h 05 min`; never negative. */
export function ageOf(since: number, now: number): string {
  const minutes = Math.max(0, Math.floor((now - since) / 60_000));
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

// ---- every other view

/** What tells rows apart for people; other columns follow as far as there is room. */
const FIRST_COLUMNS = [
  'number',
  'name',
  'status',
  'table_no',
  'order_type',
  'kind',
  'method',
  'qty',
  'price',
  'amount',
  'total',
  'paid',
];
const CELL_MAX = 24;

function plain(tables: Tables, { width }: BoardOptions): string[] {
  return [...tables.keys()].sort().flatMap((table) => {
    const rows = rowsOf(tables, table);
    return [`${table}: ${rows.length}`, ...grid(rows, width), ''];
  });
}

function grid(rows: readonly ViewRow[], width: number): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const names = Object.keys(first).filter((name) => name !== 'id' && name !== 'branch_id');
  const ordered = [
    ...FIRST_COLUMNS.filter((name) => names.includes(name)),
    ...names.filter((name) => !FIRST_COLUMNS.includes(name)),
  ];
  const cells = [ordered, ...rows.map((row) => ordered.map((name) => cell(row[name])))];
  const widths = ordered.map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  return cells.map((line) =>
    `  ${line.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ')}`
      .slice(0, width)
      .trimEnd(),
  );
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '-';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > CELL_MAX ? `${text.slice(0, CELL_MAX - 1)}…` : text;
}

// ---- columns

function textOf(row: ViewRow, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}

/** An empty column counts as 0. */
function numberOf(row: ViewRow, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : 0;
}

function listOf(row: ViewRow, column: string): readonly unknown[] {
  const value = row[column];
  return Array.isArray(value) ? value : [];
}

function nameOf(modifier: unknown): string {
  return typeof modifier === 'object' && modifier !== null && 'name' in modifier
    ? String(modifier.name)
    : '';
}
