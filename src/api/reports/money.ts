/** Amounts of minor units as decimals, without ever being a fraction in between. */

/** Digits behind the point, by ISO 4217: 2 for GBP, 0 for JPY, 3 for KWD. Throws on what is no currency code. */
export function currencyDigits(currency: string): number {
  const options = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  return options.maximumFractionDigits ?? 2;
}

/** `decimal(-5, 2)` is `-0.05`. */
export function decimal(amount: number, digits: number): string {
  const sign = amount < 0 ? '-' : '';
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  if (digits === 0) return sign + text;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
