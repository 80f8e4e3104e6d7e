/**
 * What an order costs: from its lines, its adjustments and the branch's tax rules, to the cent. All figures are whole minor
 * units and none is negative but `rounding`. Rounding is half away from zero, as tax offices round.
 */
import type {
  OrderAdjustment,
  OrderAggregate,
  OrderHeader,
  OrderLine,
  OrderPayment,
  PaymentStatus,
  TaxRules,
} from './rows.js';

const WHOLE = 10_000;

export type LineTotals = Pick<OrderLine, 'discount' | 'tax' | 'total'>;

export interface OrderTotals {
  /** Of each line, in the order of the lines. */
  readonly lines: readonly LineTotals[];
  readonly header: Pick<
    OrderHeader,
    'subtotal' | 'discount' | 'service_charge' | 'tax' | 'rounding' | 'total'
  >;
  /** By adjustment id: what each comes to now. */
  readonly adjustments: ReadonlyMap<string, number>;
}

/** value × numerator ÷ denominator, rounded half away from zero; all whole, none negative, denominator above 0. */
export function proportion(value: number, numerator: number, denominator: number): number {
  const product = value * numerator;
  if (2 * product + denominator <= Number.MAX_SAFE_INTEGER) {
    return Math.floor((2 * product + denominator) / (2 * denominator));
  }
  const exact = 2n * BigInt(value) * BigInt(numerator) + BigInt(denominator);
  return Number(exact / (2n * BigInt(denominator)));
}

/**
 * Shares `amount` out in proportion to `weights`, to the last minor unit, by largest remainder (the earlier one wins a tie).
 * No share is above its weight as long as `amount` is not above the sum of weights.
 */
export function allocate(amount: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (amount === 0 || sum === 0) return weights.map(() => 0);
  const parts = weights.map((weight, index) => ({ index, ...divide(amount, weight, sum) }));
  const shares = parts.map(({ whole }) => whole);
  const left = shares.reduce((rest, share) => rest - share, amount);
  parts.sort((a, b) => b.remainder - a.remainder);
  for (const { index } of parts.slice(0, left)) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}

/** value × numerator ÷ denominator, rounded down, and what remains; exact whatever the size of the product. */
function divide(value: number, numerator: number, denominator: number) {
  const product = value * numerator;
  if (product <= Number.MAX_SAFE_INTEGER) {
    return { whole: Math.floor(product / denominator), remainder: product % denominator };
  }
  const exact = BigInt(value) * BigInt(numerator);
  const by = BigInt(denominator);
  return { whole: Number(exact / by), remainder: Number(exact % by) };
}

export function lineGross(line: Pick<OrderLine, 'qty' | 'unit_price' | 'modifiers'>): number {
  let each = line.unit_price;
  for (const { price } of line.modifiers) each += price;
  return line.qty * each;
}

/** What an adjustment comes to on a base; an amount never takes more than there is. */
export function adjustmentAmount(
  { value_kind, value }: Pick<OrderAdjustment, 'value_kind' | 'value'>,
  base: number,
): number {
  return value_kind === 'percent' ? proportion(base, value, WHOLE) : Math.min(value, base);
}

/** A line while its order is added up: `left` is its gross less the discounts so far. */
interface Reckoned {
  readonly line: OrderLine;
  readonly gross: number;
  left: number;
}

/** Takes the discount off the lines that it is for, and gives what it came to. */
function takeOff(discount: OrderAdjustment, lines: readonly Reckoned[]): number {
  const weights = lines.map(({ left }) => left);
  const amount = adjustmentAmount(discount, leftOf(lines));
  const shares = allocate(amount, weights);
  for (const [index, entry] of lines.entries()) entry.left -= shares[index] ?? 0;
  return amount;
}

function leftOf(lines: readonly Reckoned[]): number {
  let sum = 0;
  for (const { left } of lines) sum += left;
  return sum;
}

function settledLine({ line, gross, left }: Reckoned): LineTotals {
  const discount = gross - left;
  if (line.tax_included) {
    return { discount, tax: taxHeld(left, line.tax_rate), total: left };
  }
  const tax = proportion(left, line.tax_rate, WHOLE);
  return { discount, tax, total: left + tax };
}

function taxHeld(amount: number, rate: number): number {
  return proportion(amount, rate, WHOLE + rate);
}

/** The figures of an order as its lines and adjustments stand. Voided lines count 0. */
export function orderTotals(
  { lines, adjustments }: Pick<OrderAggregate, 'lines' | 'adjustments'>,
  rules: TaxRules,
): OrderTotals {
  const reckoned = lines.map((line): Reckoned => {
    const gross = line.status === 'voided' ? 0 : lineGross(line);
    return { line, gross, left: gross };
  });
  const amounts = new Map<string, number>();
  for (const adjustment of adjustments) {
    const { id, kind, line_id } = adjustment;
    if (kind === 'service_charge') continue;
    const base = line_id === null ? reckoned : reckoned.filter(({ line }) => line.id === line_id);
    amounts.set(id, takeOff(adjustment, base));
  }
  let serviceCharge = 0;
  for (const adjustment of adjustments) {
    if (adjustment.kind !== 'service_charge') continue;
    const amount = adjustmentAmount(adjustment, leftOf(reckoned));
    amounts.set(adjustment.id, amount);
    serviceCharge += amount;
  }
  const settled = reckoned.map(settledLine);
  return {
    lines: settled,
    header: headerTotals(reckoned, settled, { serviceCharge, rules }),
    adjustments: amounts,
  };
}

function headerTotals(
  reckoned: readonly Reckoned[],
  settled: readonly LineTotals[],
  { serviceCharge, rules }: { serviceCharge: number; rules: TaxRules },
): OrderTotals['header'] {
  let subtotal = 0;
  for (const { gross } of reckoned) subtotal += gross;
  let discount = 0;
  let tax = taxHeld(serviceCharge, rules.service_charge_tax_rate);
  let exact = serviceCharge;
  for (const line of settled) {
    discount += line.discount;
    tax += line.tax;
    exact += line.total;
  }
  const total = proportion(exact, 1, rules.rounding_unit) * rules.rounding_unit;
  const rounding = total - exact;
  return { subtotal, discount, service_charge: serviceCharge, tax, rounding, total };
}

/** What was paid and is still with the house, and what that makes of an order of this total. */
export function paymentState(
  total: number,
  { lines, payments }: { lines: readonly OrderLine[]; payments: readonly OrderPayment[] },
): Pick<OrderHeader, 'paid' | 'tip' | 'payment_status'> {
  let paid = 0;
  let tip = 0;
  let refunds = 0;
  for (const payment of payments) {
    const sign = payment.kind === 'payment' ? 1 : -1;
    paid += sign * payment.amount;
    tip += sign * payment.tip;
    if (payment.kind === 'refund') refunds += 1;
  }
  return { paid, tip, payment_status: paymentStatus() };

  function paymentStatus(): PaymentStatus {
    if (paid > 0) return paid >= total ? 'paid' : 'partial';
    if (refunds > 0) return 'refunded';
    const nothingDue = total === 0 && lines.some(({ status }) => status !== 'voided');
    return nothingDue ? 'paid' : 'unpaid';
  }
}
