/** Card numbers for tests: the published test numbers of issuers, and any number that an issuer could give out. */
import fc from 'fast-check';

export const CARD_NUMBERS: readonly (readonly [issuer: string, number: string])[] = [
  ['Visa', '4111111111111111'],
  ['Visa', '4242 4242 4242 4242'],
  ['Visa, 13 digits', '4222222222222'],
  ['Mastercard', '5555-5555-5555-4444'],
  ['Mastercard', '2223003122003222'],
  ['American Express', '3782 822463 10005'],
  ['American Express', '341111111111111'],
  ['Discover', '6011.1111.1111.1117'],
  ['JCB', '3530111333300000'],
  ['Diners', '3056 930902 5904'],
  ['Diners', '38520000023237'],
  ['UnionPay', '6200/0000/0000/0005'],
  ['Maestro', '6759649826438453'],
  ['Maestro', '6304000000000000'],
  ['Mir', '2200_0000_0000_0004'],
];

/** What issuers' numbers begin with, from and to, and their lengths. */
const ISSUERS: readonly (readonly [from: number, to: number, lengths: readonly number[]])[] = [
  [4, 4, [13, 16, 19]],
  [51, 55, [16]],
  [2221, 2720, [16]],
  [34, 34, [15]],
  [37, 37, [15]],
  [6011, 6011, [16, 17, 18, 19]],
  [644, 649, [16, 17, 18, 19]],
  [65, 65, [16, 17, 18, 19]],
  [3528, 3589, [16, 17, 18, 19]],
  [300, 305, [14, 15, 16, 17, 18, 19]],
  [36, 36, [14, 15, 16, 17, 18, 19]],
  [38, 39, [14, 15, 16, 17, 18, 19]],
  [62, 62, [16, 17, 18, 19]],
  [50, 50, [16, 17, 18, 19]],
  [56, 58, [16, 17, 18, 19]],
  [2200, 2204, [16, 17, 18, 19]],
];

/** The digit that makes the number pass the check of ISO/IEC 7812-1. */
export function checkDigit(digits: string): number {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return (10 - (sum % 10)) % 10;
}

/** Any number of any issuer, digits alone. */
export const cardNumber: fc.Arbitrary<string> = fc
  .constantFrom(...ISSUERS)
  .chain(([from, to, lengths]) =>
    fc.tuple(
      fc.integer({ min: from, max: to }),
      fc.constantFrom(...lengths),
      fc.infiniteStream(fc.nat(9)),
    ),
  )
  .map(([prefix, length, stream]) => {
    let digits = String(prefix);
    for (const digit of stream) {
      if (digits.length === length - 1) break;
      digits += String(digit);
    }
    return digits + String(checkDigit(digits));
  });

const SEPARATORS = [
  ' ',
  '\u00a0',
  '-',
  '.',
  '/',
  '_',
  '\u2011',
  '\u2013',
  '\u202f',
  '\t',
  '\u200b',
  ' - ',
];

/** The number in groups: none, four digits each, or any, with one separator throughout or any. The same seed writes the same. */
export function written(digits: string, seed: number): string {
  let state = (seed % 2_147_483_646) + 1;
  const next = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * below);
  };
  const style = next(4);
  if (style === 0) return digits;
  const [only = ' '] = [SEPARATORS[next(SEPARATORS.length)]];
  let text = '';
  for (const [index, digit] of Array.from(digits).entries()) {
    const isBreak = style === 1 ? index % 4 === 0 : next(3) === 0;
    const separator = style === 3 ? (SEPARATORS[next(SEPARATORS.length)] ?? only) : only;
    text += (index > 0 && isBreak ? separator : '') + digit;
  }
  return text;
}

/** Whether a group of the digits inside reads as a date or a time, which no card number is written around. */
export function isHiddenByMoment(text: string): boolean {
  return /(?<!\d)(?:1(?:5[7-9]|[6-9]\d)\d{10}|20[0-4]\d{10}|20\d\d[01]\d[0-3]\d(?:\d{6})?|20\d\d-[01]\d-[0-3]\d)(?!\d)/.test(
    text,
  );
}
