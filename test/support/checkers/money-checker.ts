/**
 * I6: money adds up to the cent. Every order comes to what plain arithmetic makes of its lines and adjustments; what was paid is
 * what was acknowledged; drawer, shift totals and reports say the same as the acknowledged commands and the orders.
 */
import { ackedCommits } from './commits.js';
import { cashIn, expectedCash, foldShifts, type FoldedShift } from './drawer-fold.js';
import {
  numberIn,
  rowsOf,
  type BranchRecords,
  type Checker,
  type Evidence,
  type OrderRecord,
  type Row,
  type ShiftRecord,
} from './evidence.js';
import { naiveTotals } from './naive-money.js';

type Figures = Readonly<Record<string, unknown>>;

export class MoneyChecker implements Checker {
  readonly #evidence: Evidence;

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
  }

  findings(): readonly string[] {
    return [...this.#evidence.branches].flatMap(([branchId, records]) => {
      const shifts = foldShifts(ackedCommits(this.#evidence.sendings, branchId));
      const findings = records.orders.flatMap((order) => [
        ...totals(order, records),
        ...paid(order),
      ]);
      findings.push(...shiftFindings(shifts, records));
      return findings.map((finding) => `${branchId}: ${finding}`);
    });
  }
}

function differences(what: string, found: Figures, expected: Figures): string[] {
  return Object.entries(expected).flatMap(([name, value]) =>
    found[name] === value
      ? []
      : [`${what}: ${name} is ${String(found[name])} where ${String(value)} is right`],
  );
}

function totals(order: OrderRecord, { seed }: BranchRecords): string[] {
  const naive = naiveTotals(order, seed);
  return [
    ...differences(`order ${order.header.id}`, order.header, naive.header),
    ...order.lines.flatMap((line) =>
      differences(`line ${line.id}`, line, naive.lines.get(line.id) ?? {}),
    ),
  ];
}

function sum(rows: readonly Row[], column: string): number {
  return rows.reduce((total, row) => total + numberIn(row, column), 0);
}

function paid({ header, payments }: OrderRecord): string[] {
  const came = payments.filter(({ kind }) => kind === 'payment');
  const went = payments.filter(({ kind }) => kind === 'refund');
  const rest = sum(came, 'amount') - sum(went, 'amount');
  const findings = differences(`order ${header.id}`, header, {
    paid: rest,
    tip: sum(came, 'tip') - sum(went, 'tip'),
  });
  if (rest < 0) findings.push(`order ${header.id}: more was given back than was paid`);
  const ended = header['status'] === 'closed' && went.length === 0;
  if (ended && rest !== header['total']) {
    findings.push(`order ${header.id} is closed with ${String(rest)} paid`);
  }
  return findings;
}

function shiftFindings(shifts: readonly FoldedShift[], records: BranchRecords): string[] {
  const findings: string[] = [];
  let zNumber = 0;
  for (const folded of shifts) {
    const shift = records.shifts.find(({ id }) => id === folded.id);
    if (shift === undefined) {
      findings.push(`shift ${folded.id} has no report`);
      continue;
    }
    if (folded.ended) zNumber += 1;
    const number = folded.ended ? zNumber : null;
    if (shift.zNumber !== number) {
      findings.push(`shift ${folded.id} has the Z number ${String(shift.zNumber)}`);
    }
    findings.push(...report(folded, shift, records));
    if (!folded.ended) findings.push(...liveTotals(folded, records));
  }
  if (records.shifts.length !== shifts.length) findings.push('there are shifts that nobody opened');
  return findings;
}

function report(folded: FoldedShift, shift: ShiftRecord, records: BranchRecords): string[] {
  const what = `report of ${folded.id}`;
  const {
    drawer,
    payments,
    sales,
    no_sales: noSales,
  } = shift.report as {
    drawer: Figures;
    payments: readonly Figures[];
    sales: Figures;
    no_sales: number;
  };
  const expected = expectedCash(folded);
  const { counted } = folded;
  const { paid: cashPaid, refunded } = cashIn(folded);
  const findings = differences(
    what,
    { ...drawer, no_sales: noSales },
    {
      opening_float: folded.opening_float,
      payments: cashPaid,
      tips: folded.cash_tips,
      refunds: refunded,
      paid_in: folded.paid_in,
      paid_out: folded.paid_out,
      drops: folded.drops,
      no_sales: folded.no_sales,
      expected,
      counted,
      over_short: counted === null ? null : counted - expected,
    },
  );
  for (const [method, taken] of folded.methods) {
    const row = payments.find((one) => one['method'] === method) ?? {};
    findings.push(...differences(`${what}, ${method}`, row, { ...taken }));
  }
  if (payments.length !== folded.methods.size) findings.push(`${what}: methods that nobody used`);
  return [...findings, ...salesOf(what, sales, closedIn(folded.id, records))];
}

function closedIn(shiftId: string, { orders }: BranchRecords): readonly Row[] {
  return orders
    .map(({ header }) => header)
    .filter((header) => header['shift_id'] === shiftId && header['status'] === 'closed');
}

function salesOf(what: string, sales: Figures, closed: readonly Row[]): string[] {
  const list = (name: string): readonly Row[] => sales[name] as readonly Row[];
  const total = sum(closed, 'total');
  const tax = sum(closed, 'tax');
  const net = total - sum(closed, 'rounding') - tax;
  const parts = {
    taxes: sum(list('taxes'), 'tax'),
    nets: sum(list('taxes'), 'net'),
    hours: sum(list('by_hour'), 'total'),
    types: sum(list('by_order_type'), 'total'),
    givers: sum([...list('discounts'), ...list('comps')], 'amount'),
  };
  return [
    ...differences(what, sales, {
      orders: closed.length,
      gross: sum(closed, 'subtotal'),
      discount: sum(closed, 'discount'),
      service_charge: sum(closed, 'service_charge'),
      rounding: sum(closed, 'rounding'),
      net,
      tax,
      total,
    }),
    ...differences(`${what}, added up`, parts, {
      taxes: tax,
      nets: net,
      hours: total,
      types: total,
      givers: sum(closed, 'discount'),
    }),
  ];
}

/** The one row of `shift_totals`. */
function liveTotals(folded: FoldedShift, records: BranchRecords): string[] {
  const [row] = rowsOf(records, `${records.seed.branch.id}/shift`, 'shift_totals');
  if (row === undefined) return ['the open shift has no totals'];
  const headers = records.orders
    .map(({ header }) => header)
    .filter((header) => header['shift_id'] === folded.id && header['status'] !== 'voided');
  const paidBy = (...methods: string[]): number =>
    methods.reduce((total, method) => total + (folded.methods.get(method)?.paid ?? 0), 0);
  const refunds = [...folded.methods.values()].reduce((total, { refunded }) => total + refunded, 0);
  return differences('shift totals', row, {
    id: folded.id,
    orders: headers.length,
    open_orders: headers.filter(({ status }) => status !== 'closed').length,
    guests: sum(
      headers.filter(({ guests }) => guests !== null),
      'guests',
    ),
    gross: sum(headers, 'subtotal'),
    discount: sum(headers, 'discount'),
    tax: sum(headers, 'tax'),
    total: sum(headers, 'total'),
    paid_cash: paidBy('cash'),
    paid_card: paidBy('card'),
    paid_other: paidBy('voucher', 'account', 'other'),
    refunds,
    tips: folded.tips,
    expected_cash: expectedCash(folded),
  });
}
