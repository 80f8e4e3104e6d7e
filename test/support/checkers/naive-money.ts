/**
 * What an order comes to, worked out again in the plainest way (big whole numbers, one line at a time) from docs: discounts in the
 * order given, each on what is left, an order's discount shared out by largest remainder, tax per line, rounding at the end. It
 * shares no code with the hub.
 */
import type { Seed } from '../../../src/domain/seed.js';
import { numberIn, type OrderRecord, type Row } from './evidence.js';

interface Reckoned {
  readonly row: Row;
  readonly gross: bigint;
  left: bigint;
}

export interface NaiveTotals {
  readonly lines: ReadonlyMap<string, { discount: number; tax: number; total: number }>;
  readonly header: Readonly<Record<string, number>>;
  /** What each discount and comp came to, by its id. */
  readonly given: ReadonlyMap<string, number>;
}

/** value × of ÷ whole, half away from zero. */
function share(value: bigint, of: bigint, whole: bigint): bigint {
  return (2n * value * of + whole) / (2n * whole);
}

function big(row: Row, column: string): bigint {
  return BigInt(numberIn(row, column));
}

function grossOf(row: Row): bigint {
  if (row['status'] === 'voided') return 0n;
  const modifiers = row['modifiers'] as readonly { readonly price: number }[];
  const extras = modifiers.reduce((sum, { price }) => sum + BigInt(price), 0n);
  return big(row, 'qty') * (big(row, 'unit_price') + extras);
}

function sumLeft(lines: readonly Reckoned[]): bigint {
  return lines.reduce((sum, { left }) => sum + left, 0n);
}

function evaluated(adjustment: Row, base: bigint): bigint {
  const value = big(adjustment, 'value');
  if (adjustment['value_kind'] === 'percent') return share(base, value, 10_000n);
  return value < base ? value : base;
}

/** Unit by unit: each goes to the line that is furthest below what it should bear, the earlier one where they are even. */
function takeOff(amount: bigint, lines: readonly Reckoned[]): void {
  const base = sumLeft(lines);
  if (base === 0n) return;
  const parts = lines.map((line) => ({
    line,
    whole: (amount * line.left) / base,
    rest: (amount * line.left) % base,
  }));
  let over = parts.reduce((left, { whole }) => left - whole, amount);
  const byRest = [...parts].sort((a, b) => (a.rest === b.rest ? 0 : a.rest > b.rest ? -1 : 1));
  for (const { line, whole } of parts) line.left -= whole;
  for (const { line } of byRest) {
    if (over === 0n) break;
    line.left -= 1n;
    over -= 1n;
  }
}

export function naiveTotals(order: OrderRecord, seed: Seed): NaiveTotals {
  const rules = seed.branch.tax_rules;
  const included = new Map(seed.items.map((item) => [item.id, item.tax_included ?? true]));
  const reckoned = order.lines.map((row): Reckoned => ({
    row,
    gross: grossOf(row),
    left: grossOf(row),
  }));
  const discounts = order.adjustments.filter(({ kind }) => kind !== 'service_charge');
  const given = new Map<string, number>();
  for (const adjustment of discounts) {
    const lineId = adjustment['line_id'];
    const meant = reckoned.filter(({ row }) => lineId === null || row.id === lineId);
    const amount = evaluated(adjustment, sumLeft(meant));
    given.set(adjustment.id, Number(amount));
    takeOff(amount, meant);
  }
  const charge = order.adjustments
    .filter(({ kind }) => kind === 'service_charge')
    .reduce((sum, adjustment) => sum + evaluated(adjustment, sumLeft(reckoned)), 0n);
  const chargeRate = BigInt(rules.service_charge_tax_rate);
  let tax = share(charge, chargeRate, 10_000n + chargeRate);
  let exact = charge;
  const lines = new Map<string, { discount: number; tax: number; total: number }>();
  for (const { row, gross, left } of reckoned) {
    const rate = big(row, 'tax_rate');
    const isIncluded = included.get(String(row['item_id'])) ?? true;
    const lineTax = share(left, rate, isIncluded ? 10_000n + rate : 10_000n);
    const total = isIncluded ? left : left + lineTax;
    tax += lineTax;
    exact += total;
    lines.set(row.id, {
      discount: Number(gross - left),
      tax: Number(lineTax),
      total: Number(total),
    });
  }
  const unit = BigInt(rules.rounding_unit);
  const total = share(exact, 1n, unit) * unit;
  const gross = reckoned.reduce((sum, line) => sum + line.gross, 0n);
  return {
    lines,
    given,
    header: {
      subtotal: Number(gross),
      discount: Number(gross - sumLeft(reckoned)),
      service_charge: Number(charge),
      tax: Number(tax),
      rounding: Number(total - exact),
      total: Number(total),
    },
  };
}
