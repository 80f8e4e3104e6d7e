/**
 * The plan of a replay: the rows of the two files as days, orders and lines with their ids, and the parts that the files do
 * not have (tables, payments), made up but always in the same way. It also holds the control totals of the orders file.
 */
import { businessDate } from '../../../domain/business-date.js';
import type { OrderType, PaymentMethod } from '../../../domain/rows.js';
import type { FileItem, FileLine } from './csv.js';
import { derivedId, derivedNumber } from './identity.js';

export interface PlannedItem {
  readonly id: string;
  readonly name: string;
  /** What the menu file asks for it; the orders file's price wins when it is rung up. */
  readonly pence: number;
  readonly position: number;
}

export interface PlannedLine {
  readonly id: string;
  readonly item: PlannedItem;
  readonly qty: number;
  readonly pence: number;
}

export interface PlannedOrder {
  readonly id: string;
  /** As the file has it; the hub gives its own number beside it. */
  readonly fileNumber: string;
  /** UTC epoch milliseconds. */
  readonly at: number;
  readonly businessDate: string;
  /** Rung up together: at most 100 lines, and no item at two prices. */
  readonly batches: readonly (readonly PlannedLine[])[];
  readonly simulated: SimulatedParts;
}

/** What the file does not say. */
export interface SimulatedParts {
  readonly orderType: OrderType;
  readonly tableNo: string | null;
  readonly guests: number | null;
  readonly method: PaymentMethod;
}

/** Orders of one business date, in order of time. */
export interface PlannedDay {
  readonly businessDate: string;
  /** When the shift opens: a little before the first order. */
  readonly opensAt: number;
  readonly orders: readonly PlannedOrder[];
}

export interface ControlTotals {
  readonly orders: number;
  readonly lines: number;
  readonly units: number;
  readonly pence: number;
}

export interface Plan {
  readonly items: readonly PlannedItem[];
  readonly days: readonly PlannedDay[];
  readonly totals: ControlTotals;
}

/** Which orders are played; neither: all. */
export interface Selection {
  /** `dd/mm/yyyy` as the file writes it. */
  readonly calendarDate?: string;
  /** `YYYY-MM-DD` */
  readonly businessDate?: string;
}

export interface PlanOptions {
  readonly branchId: string;
  readonly zone: string;
  readonly cutoffHour: number;
  readonly selection: Selection;
}

const LINES_A_COMMAND_MAX = 100;
const TABLES = 12;
const OPENS_BEFORE_MS = 10 * 60_000;

/** Reads control totals straight from the rows, without anything that the plan works out. */
export function controlTotals(rows: readonly FileLine[]): ControlTotals {
  return {
    orders: new Set(rows.map((row) => row.orderNumber)).size,
    lines: rows.length,
    units: rows.reduce((sum, row) => sum + row.qty, 0),
    pence: rows.reduce((sum, row) => sum + row.qty * row.pence, 0),
  };
}

export function makePlan(
  menu: readonly FileItem[],
  rows: readonly FileLine[],
  options: PlanOptions,
): Plan {
  const selected = rows.filter((row) => isSelected(row, options));
  const items = planItems(menu, selected, options.branchId);
  const byName = new Map(items.map((item) => [item.name, item]));
  const orders = [...groupByOrder(selected).values()].map((group) =>
    planOrder(group, byName, options),
  );
  orders.sort((one, other) =>
    one.at === other.at ? compareNumbers(one.fileNumber, other.fileNumber) : one.at - other.at,
  );
  return { items, days: groupByDay(orders, options), totals: controlTotals(selected) };
}

function isSelected(row: FileLine, { zone, cutoffHour, selection }: PlanOptions): boolean {
  if (selection.calendarDate !== undefined) return row.calendarDate === selection.calendarDate;
  if (selection.businessDate === undefined) return true;
  return businessDate(row.at, zone, cutoffHour) === selection.businessDate;
}

/** The menu's items, then those that only the orders know, with the price of their first row. */
function planItems(
  menu: readonly FileItem[],
  rows: readonly FileLine[],
  branchId: string,
): PlannedItem[] {
  const prices = new Map(menu.map(({ name, pence }) => [name, pence]));
  for (const { item, pence } of rows) if (!prices.has(item)) prices.set(item, pence);
  return [...prices].map(([name, pence], index) => ({
    id: derivedId('item', branchId, name),
    name,
    pence,
    position: index + 1,
  }));
}

function groupByOrder(rows: readonly FileLine[]): Map<string, FileLine[]> {
  const groups = new Map<string, FileLine[]>();
  for (const row of rows) {
    const group = groups.get(row.orderNumber);
    if (group === undefined) groups.set(row.orderNumber, [row]);
    else if (group[0]?.at === row.at) group.push(row);
    else throw new Error(`order ${row.orderNumber} has rows of two times`);
  }
  return groups;
}

function planOrder(
  rows: readonly FileLine[],
  items: ReadonlyMap<string, PlannedItem>,
  { branchId, zone, cutoffHour }: PlanOptions,
): PlannedOrder {
  const [first] = rows;
  if (first === undefined) throw new Error('an order has no rows');
  const id = derivedId('order', branchId, first.orderNumber, first.at);
  const lines = rows.map((row, index): PlannedLine => {
    const item = items.get(row.item);
    if (item === undefined) throw new Error(`the item "${row.item}" is not planned`);
    return { id: derivedId('line', id, index), item, qty: row.qty, pence: row.pence };
  });
  return {
    id,
    fileNumber: first.orderNumber,
    at: first.at,
    businessDate: businessDate(first.at, zone, cutoffHour),
    batches: inBatches(lines),
    simulated: simulate(id),
  };
}

/** Consecutive lines go together as long as a command takes them and each item has one price. */
function inBatches(lines: readonly PlannedLine[]): PlannedLine[][] {
  const batches: PlannedLine[][] = [];
  let batch: PlannedLine[] = [];
  let prices = new Map<string, number>();
  for (const line of lines) {
    const price = prices.get(line.item.id) ?? line.pence;
    if (batch.length === LINES_A_COMMAND_MAX || price !== line.pence) {
      batches.push(batch);
      batch = [];
      prices = new Map();
    }
    batch.push(line);
    prices.set(line.item.id, line.pence);
  }
  batches.push(batch);
  return batches;
}

/** A third sit at a table and pay last, the others pay first: half of those are delivered. */
function simulate(orderId: string): SimulatedParts {
  const orderType = (['dine_in', 'takeaway', 'delivery'] as const)[
    derivedNumber(3, 'order type', orderId)
  ];
  const seated = orderType === 'dine_in';
  return {
    orderType: orderType ?? 'takeaway',
    tableNo: seated ? String(1 + derivedNumber(TABLES, 'table', orderId)) : null,
    guests: seated ? 1 + derivedNumber(6, 'guests', orderId) : null,
    method: derivedNumber(5, 'method', orderId) < 2 ? 'cash' : 'card',
  };
}

function groupByDay(orders: readonly PlannedOrder[], options: PlanOptions): PlannedDay[] {
  const days = new Map<string, PlannedOrder[]>();
  for (const order of orders) {
    const day = days.get(order.businessDate);
    if (day === undefined) days.set(order.businessDate, [order]);
    else day.push(order);
  }
  return [...days].map(([date, ordersOfDay]) => ({
    businessDate: date,
    opensAt: opensAt(ordersOfDay[0]?.at ?? 0, options),
    orders: ordersOfDay,
  }));
}

/** Never on the business date before. */
function opensAt(firstOrder: number, { zone, cutoffHour }: PlanOptions): number {
  const before = firstOrder - OPENS_BEFORE_MS;
  const sameDate =
    businessDate(before, zone, cutoffHour) === businessDate(firstOrder, zone, cutoffHour);
  return sameDate ? before : firstOrder;
}

/** The whole plan as one day: on a hub that runs, everything is dated today. */
export function inOneDay(plan: Plan): Plan {
  const [first] = plan.days;
  if (first === undefined) return plan;
  const orders = plan.days.flatMap((day) => day.orders);
  return { ...plan, days: [{ businessDate: 'today', opensAt: first.opensAt, orders }] };
}

/** Order numbers by value where they are numbers, else as text. */
function compareNumbers(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
