/** Prices as people write them, turned into pence without ever being a float, and back. */

const PRICE = /^(\d{1,9})(?:\.(\d{1,2}))?$/;

/** `4.95` is 495, `0.5` is 50, `3` is 300. Throws on anything else: signs, separators, a third decimal. */
export function readPence(text: string): number {
  const match = PRICE.exec(text);
  if (match === null) throw new Error(`"${text}" is not a price with at most two decimals`);
  const [, pounds = '', pence = ''] = match;
  return Number(pounds) * 100 + Number(pence.padEnd(2, '0'));
}

/** 1709965 is `17,099.65`. */
export function showPence(pence: number): string {
  const sign = pence < 0 ? '-' : '';
  const digits = String(Math.abs(pence)).padStart(3, '0');
  const pounds = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign}${pounds}.${digits.slice(-2)}`;
}
