/** Figures as people read them. */
import { median } from '../measure/spread.js';

/** `12,345`, `12.3`, `0.123`: three digits that count, more where the number is large. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en');
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

export function withUnit(value: number, unit: string): string {
  return unit === '' ? number(value) : `${number(value)} ${unit}`;
}

/** `11.2 to 12.9`; empty where all are one. */
export function spread(values: readonly number[]): string {
  const least = number(Math.min(...values));
  const most = number(Math.max(...values));
  return least === most ? '' : `${least} to ${most}`;
}

export function medianOf<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return median(items.map(of));
}
