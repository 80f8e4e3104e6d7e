/** What each discount and comp of an order came to: one after the other, shared out over the lines that it is for. */

export interface Given {
  readonly order_id: string;
  /** null: for the whole order. */
  readonly line_id: string | null;
  readonly kind: 'discount' | 'comp';
  readonly value_kind: 'percent' | 'amount';
  readonly value: number;
  readonly reason: string | null;
  readonly by_staff: string;
}

export interface LineGross {
  readonly id: string;
  readonly gross: number;
}

const PERCENT_WHOLE = 10_000n;

/** In the order of `given`. Lines in order of their places: of equal remainders the earlier line takes the cent. */
export function amountsOf(given: readonly Given[], lines: readonly LineGross[]): number[] {
  const left = new Map(lines.map(({ id, gross }) => [id, BigInt(gross)]));
  return given.map(({ line_id, value_kind, value }) => {
    const ids = line_id === null ? [...left.keys()] : [line_id].filter((id) => left.has(id));
    const base = ids.reduce((sum, id) => sum + (left.get(id) ?? 0n), 0n);
    const wanted =
      value_kind === 'percent'
        ? (2n * base * BigInt(value) + PERCENT_WHOLE) / (2n * PERCENT_WHOLE)
        : BigInt(value);
    const amount = wanted < base ? wanted : base;
    if (base > 0n) takeOff(left, ids, { amount, base });
    return Number(amount);
  });
}

function takeOff(
  left: Map<string, bigint>,
  ids: readonly string[],
  { amount, base }: { amount: bigint; base: bigint },
): void {
  const parts = ids.map((id) => {
    const weight = left.get(id) ?? 0n;
    return { id, weight, share: (amount * weight) / base, remainder: (amount * weight) % base };
  });
  let over = parts.reduce((rest, { share }) => rest - share, amount);
  const byRemainder = [...parts].sort((a, b) => Number(b.remainder - a.remainder));
  const takesCent = new Set<string>();
  for (const { id } of byRemainder) {
    if (over <= 0n) break;
    takesCent.add(id);
    over -= 1n;
  }
  for (const { id, weight, share } of parts) {
    left.set(id, weight - share - (takesCent.has(id) ? 1n : 0n));
  }
}
