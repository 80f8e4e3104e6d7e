/**
 * What shifts came to, told again from all events in the plainest way: rows are kept as the events leave them, and when a shift
 * ends, or is looked at, every fact of it is added up by itself. It shares no code with the hub's reports.
 */
import type { Seed } from '../../../src/domain/seed.js';
import type { OrderRecord, Row } from './evidence.js';
import { naiveTotals } from './naive-money.js';

/** As `sync_event` holds it. */
export interface FoldedEvent {
  readonly at: number;
  readonly changes: Readonly<Record<string, SerialEntry>>;
}

interface SerialEntry {
  readonly inserted?: readonly Row[];
  readonly updated?: readonly {
    readonly id: string;
    readonly version: number;
    readonly changes: object;
  }[];
}

/** Every figure by its path (`by_hour {"hour":19} total`); what came to 0 is left out. */
export type Facts = ReadonlyMap<string, number>;

export interface EndedShift {
  readonly id: string;
  readonly businessDate: string;
  readonly facts: Facts;
}

const MINUTE = 60_000;
/** In seconds. */
const BOUNDS =
  '15 30 45 60 90 120 150 180 210 240 300 360 420 480 540 600 720 840 960 1080 1200 1500 1800 2400 3600 5400 7200'
    .split(' ')
    .map(Number);
const STEPS = ['preparing', 'ready', 'served'];

class Adding {
  readonly facts = new Map<string, number>();

  add(list: string, key: object, sums: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(sums)) {
      const path = `${list} ${JSON.stringify(key)} ${name}`;
      this.facts.set(path, (this.facts.get(path) ?? 0) + value);
    }
  }
}

export function sumOf(all: Iterable<Facts>): Facts {
  const sum = new Map<string, number>();
  for (const facts of all) {
    for (const [path, value] of facts) sum.set(path, (sum.get(path) ?? 0) + value);
  }
  return sum;
}

export class NaiveFold {
  readonly ended: EndedShift[] = [];
  readonly #tables = new Map<string, Map<string, Row>>();
  /** How often each line went back to an earlier step. */
  readonly #recalls = new Map<string, number>();

  fold({ changes }: FoldedEvent): void {
    for (const [table, { updated = [] }] of Object.entries(changes)) {
      const rows = this.#table(table);
      for (const { id, version, changes: columns } of updated) {
        const before = rows.get(id);
        if (before === undefined) throw new Error(`${table} ${id} is changed before it is there`);
        const row = { ...before, ...columns, version } as Row;
        rows.set(id, row);
        if (table === 'order_line') this.#step(before, row);
        // Whatever the event brings for the next shift, this one's orders are still what they were.
        if (table === 'pos_shift' && row['status'] === 'closed') this.#end(row, changes);
      }
    }
    for (const [table, { inserted = [] }] of Object.entries(changes)) {
      for (const row of inserted) this.#table(table).set(row.id, row);
    }
  }

  /** Of the open shift; null: none is. */
  open(): Facts | null {
    const shift = [...this.#table('pos_shift').values()].find(({ status }) => status === 'open');
    return shift === undefined ? null : this.#factsOf(shift);
  }

  #table(name: string): Map<string, Row> {
    let table = this.#tables.get(name);
    if (table === undefined) this.#tables.set(name, (table = new Map()));
    return table;
  }

  #step(before: Row, after: Row): void {
    const back = STEPS.indexOf(String(before['status'])) > STEPS.indexOf(String(after['status']));
    if (!back || !STEPS.includes(String(after['status']))) return;
    this.#recalls.set(after.id, (this.#recalls.get(after.id) ?? 0) + 1);
  }

  #end(shift: Row, changes: FoldedEvent['changes']): void {
    const names = Object.keys(changes);
    if (names.indexOf('pos_shift') > 0) throw new Error('a shift ends before its orders move on');
    this.ended.push({
      id: shift.id,
      businessDate: String(shift['business_date']),
      facts: this.#factsOf(shift),
    });
  }

  #of(table: string, column: string, id: string): Row[] {
    return [...this.#table(table).values()].filter((row) => row[column] === id);
  }

  #factsOf(shift: Row): Facts {
    const adding = new Adding();
    for (const header of this.#of('order_header', 'shift_id', shift.id)) {
      const lines = this.#of('order_line', 'order_id', header.id).sort(
        (a, b) => num(a, 'seq') - num(b, 'seq'),
      );
      const closed = header['status'] === 'closed';
      if (!closed && header['status'] !== 'voided') continue;
      for (const line of lines) this.#line(adding, line, header, closed);
      if (closed) this.#order(adding, header, lines);
    }
    this.#money(adding, shift);
    return new Map([...adding.facts].filter(([, value]) => value !== 0));
  }

  #order(adding: Adding, header: Row, lines: readonly Row[]): void {
    const [branch] = this.#table('branch').values();
    if (branch === undefined) throw new Error('there is no branch');
    const total = num(header, 'total');
    const one = { orders: 1, total };
    adding.add('', {}, { ...one, gross: num(header, 'subtotal') });
    for (const name of ['discount', 'service_charge', 'tax', 'rounding']) {
      adding.add('', {}, { [name]: num(header, name) });
    }
    if (num(header, 'guests') > 0) {
      adding.add('', {}, { guests: num(header, 'guests'), guests_total: total });
    }
    if (header['sent_at'] !== null && header['ready_at'] !== null) {
      adding.add('', {}, { cooked: 1, ready_ms: num(header, 'ready_at') - num(header, 'sent_at') });
    }
    const hour = new Intl.DateTimeFormat('en-GB', {
      hour: '2-digit',
      hourCycle: 'h23',
      timeZone: String(branch['zone']),
    });
    adding.add('by_hour', { hour: Number(hour.format(num(header, 'closed_at'))) }, one);
    adding.add('by_order_type', { order_type: header['order_type'] }, one);
    adding.add('by_staff', { by_staff: header['opened_by'] }, one);
    const sold = lines.filter(({ status }) => status !== 'voided');
    const rules = branch['tax_rules'] as Seed['branch']['tax_rules'];
    const lineTax = sold.reduce((sum, line) => sum + num(line, 'tax'), 0);
    const service = num(header, 'service_charge');
    const serviceTax = num(header, 'tax') - lineTax;
    adding.add(
      'taxes',
      { rate: rules.service_charge_tax_rate },
      { net: service - serviceTax, tax: serviceTax },
    );
    const adjustments = this.#of('order_adjustment', 'order_id', header.id);
    const order: OrderRecord = { header, lines, payments: [], adjustments };
    const { given } = naiveTotals(order, { branch, items: [] } as unknown as Seed);
    for (const { id, kind, reason, by_staff } of adjustments) {
      if (kind === 'service_charge') continue;
      const list = kind === 'comp' ? 'comps' : 'discounts';
      adding.add(list, { reason, by_staff }, { count: 1, amount: given.get(id) ?? 0 });
    }
  }

  #line(adding: Adding, line: Row, header: Row, closed: boolean): void {
    const { status, station } = line;
    if (status === 'voided') {
      const price = (line['modifiers'] as { price: number }[]).reduce(
        (sum, { price: more }) => sum + more,
        num(line, 'unit_price'),
      );
      const because = {
        reason: line['void_reason'] ?? header['void_reason'],
        by_staff: line['voided_by'],
      };
      if (line['sent_at'] === null) adding.add('', {}, { corrections: 1 });
      else adding.add('voids', because, { count: 1, amount: price * num(line, 'qty') });
    } else if (closed) {
      const sold = { qty: num(line, 'qty'), total: num(line, 'total') };
      const item = this.#table('menu_item').get(String(line['item_id']));
      const category = item?.['category'] ?? null;
      adding.add('by_item', { item_id: line['item_id'], name: line['name'], category }, sold);
      adding.add('by_station', { station }, sold);
      const net = num(line, 'total') - num(line, 'tax');
      adding.add('taxes', { rate: line['tax_rate'] }, { net, tax: num(line, 'tax') });
    }
    if (station === null) return;
    adding.add('kitchen', { station }, { recalls: this.#recalls.get(line.id) ?? 0 });
    if (status !== 'ready' && status !== 'served') return;
    adding.add('kitchen', { station }, { lines: 1 });
    const ready = line['ready_at'] === null ? num(line, 'served_at') : num(line, 'ready_at');
    const times = { to_ready: ready - num(line, 'sent_at') };
    const started =
      line['started_at'] === null
        ? {}
        : {
            queue: num(line, 'started_at') - num(line, 'sent_at'),
            preparation: ready - num(line, 'started_at'),
          };
    for (const [name, ms] of Object.entries({ ...times, ...started })) {
      const bucket = BOUNDS.filter((seconds) => ms > seconds * 1_000).length;
      adding.add('kitchen', { station }, { [`${name} ${String(bucket)}`]: 1 });
    }
  }

  #money(adding: Adding, shift: Row): void {
    const drawer = (sums: Record<string, number>) => {
      adding.add('drawer', {}, sums);
    };
    drawer({ opening_float: num(shift, 'opening_float') });
    let cash = num(shift, 'opening_float');
    for (const payment of this.#of('order_payment', 'shift_id', shift.id)) {
      const { kind, method, by_staff, device_id, client_at: clientAt } = payment;
      const [amount, tip] = [num(payment, 'amount'), num(payment, 'tip')];
      const refund = kind === 'refund';
      adding.add(
        'payments',
        { method },
        refund ? { refunds: 1, refunded: amount } : { payments: 1, paid: amount },
      );
      if (tip > 0) adding.add('tips', { method, by_staff }, { count: 1, amount: tip });
      if (!refund && clientAt !== null && Number(clientAt) < num(shift, 'opened_at') - MINUTE) {
        adding.add('late', { device_id }, { count: 1, amount });
      }
      if (method !== 'cash') continue;
      drawer(refund ? { refunds: amount } : { payments: amount, tips: tip });
      cash += refund ? -amount : amount + tip;
    }
    const NAMES: Readonly<Record<string, string>> = {
      paid_in: 'paid_in',
      paid_out: 'paid_out',
      drop: 'drops',
    };
    for (const movement of this.#of('cash_movement', 'shift_id', shift.id)) {
      const name = NAMES[String(movement['kind'])];
      if (name === undefined) adding.add('', {}, { no_sales: 1 });
      else drawer({ [name]: num(movement, 'amount') });
      cash += (name === 'paid_in' ? 1 : -1) * num(movement, 'amount');
    }
    if (shift['status'] === 'open') return;
    adding.add('', {}, { shifts: 1 });
    const counted = shift['counted_cash'];
    if (counted === null) drawer({ uncounted: 1 });
    else drawer({ expected: cash, counted: Number(counted), over_short: Number(counted) - cash });
  }
}

function num(row: Row, column: string): number {
  return Number(row[column] ?? 0);
}

const KEYS: Readonly<Record<string, readonly string[]>> = {
  taxes: ['rate'],
  discounts: ['reason', 'by_staff'],
  comps: ['reason', 'by_staff'],
  voids: ['reason', 'by_staff'],
  by_hour: ['hour'],
  by_order_type: ['order_type'],
  by_staff: ['by_staff'],
  by_station: ['station'],
  by_item: ['item_id', 'name', 'category'],
  payments: ['method'],
  tips: ['method', 'by_staff'],
  late: ['device_id'],
  kitchen: ['station'],
};

/** The same paths of figures, as the hub tells them. */
export function factsIn(figures: object): Facts {
  const facts = new Map<string, number>();
  const put = (path: string, value: number) => {
    if (facts.has(path)) throw new Error(`${path} stands there twice`);
    if (value !== 0) facts.set(path, value);
  };
  for (const [list, value] of Object.entries(figures) as [string, unknown][]) {
    if (typeof value === 'number') put(` {} ${list}`, value);
    else if (!Array.isArray(value)) {
      for (const [name, sum] of Object.entries(value as object)) {
        put(`${list} {} ${name}`, sum as number);
      }
    } else {
      for (const row of value as Readonly<Record<string, unknown>>[]) rowFacts(list, row, put);
    }
  }
  return facts;
}

function rowFacts(
  list: string,
  row: Readonly<Record<string, unknown>>,
  put: (path: string, value: number) => void,
): void {
  const names = KEYS[list];
  if (names === undefined) throw new Error(`nobody checks ${list}`);
  const key = JSON.stringify(Object.fromEntries(names.map((name) => [name, row[name]])));
  for (const [name, value] of Object.entries(row)) {
    if (names.includes(name)) continue;
    if (!Array.isArray(value)) put(`${list} ${key} ${name}`, value as number);
    else {
      for (const [bucket, count] of value.entries()) {
        put(`${list} ${key} ${name} ${String(bucket)}`, count as number);
      }
    }
  }
}

/** In words; none: they agree to the cent. */
export function factDifferences(what: string, found: Facts, right: Facts): string[] {
  return [...new Set([...found.keys(), ...right.keys()])].flatMap((path) =>
    found.get(path) === right.get(path)
      ? []
      : [
          `${what}: ${path} is ${String(found.get(path))} where ${String(right.get(path))} is right`,
        ],
  );
}
