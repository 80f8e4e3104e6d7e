/**
 * Card data in text: payment card numbers, the tracks of a magnetic stripe, security codes. It finds them wherever in a text
 * they stand, and would rather take a long number for a card's than let one pass: about one in ten numbers of an issuer's
 * length and leading digits is. Ids, times, phone numbers and prices are not.
 */

export const CARD_DATA_KINDS = ['card number', 'track data', 'security code'] as const;
export type CardDataKind = (typeof CARD_DATA_KINDS)[number];

/** Digits of the shortest number that is looked for. */
export const CARD_DIGITS_MIN = 13;
export const CARD_MASK = '[card]';

interface Found {
  readonly kind: CardDataKind;
  readonly start: number;
  readonly end: number;
}

interface Digit {
  readonly value: number;
  /** Where in the text it stands and where its group ends, in UTF-16 units. */
  readonly start: number;
  readonly groupEnd: number;
}

/** First four digits, from and to, with the lengths that the issuer's numbers have. */
type Range = readonly [from: number, to: number, lengths: readonly number[]];

const FROM_14 = [19, 18, 17, 16, 15, 14];
const FROM_16 = [19, 18, 17, 16];

/**
 * Issuers by ISO/IEC 7812 prefixes, lengths from the longest. Maestro's may have 12 digits too, but those below 16 have not
 * been given out for long and are as long as phone numbers with their country's code (57, 60, 62, 63).
 */
const RANGES: readonly Range[] = [
  [2200, 2204, FROM_16], // Mir
  [2221, 2720, [16]], // Mastercard
  [3000, 3059, FROM_14], // Diners
  [3400, 3499, [15]], // American Express
  [3528, 3589, FROM_16], // JCB
  [3600, 3699, FROM_14], // Diners
  [3700, 3799, [15]], // American Express
  [3800, 3999, FROM_14], // Diners
  [4000, 4999, [19, 16, 13]], // Visa
  [5000, 5099, FROM_16], // Maestro
  [5100, 5599, [16]], // Mastercard
  [5600, 5899, FROM_16], // Maestro
  [6000, 6999, FROM_16], // Discover, UnionPay, Maestro
];

/** What may stand between two digits of one number: spaces, invisible characters, dashes, underscores and these. */
const SEPARATOR = String.raw`[\p{Z}\p{Cf}\p{Pd}\p{Pc}\t\r\n./\\|*•·−'’]`;
const DIGITS = new RegExp(
  String.raw`\p{Nd}(?:${SEPARATOR}{0,3}\p{Nd}){${String(CARD_DIGITS_MIN - 1)},}`,
  'gu',
);

/** The shortest text with card data is a security code: `cvv123`. */
const LENGTH_MIN = 6;

/** No text without one of these holds a digit. */
const MAYBE_DIGIT = /[0-9]|[^\0-\u065f]/;

const UUID = String.raw`[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}`;
const WHOLLY_UUID = new RegExp(`^${UUID}$`, 'i');

/** Digits that are not looked at: UUIDs, hashes (32 hexadecimal digits or more with a letter among them), ISO dates. */
const OTHER_NUMBERS = new RegExp(
  [
    String.raw`(?<![\da-z])${UUID}(?![\da-z])`,
    String.raw`(?<![\da-z])(?=\d*[a-f])[\da-f]{32,}(?![\da-z])`,
    String.raw`(?<!\d)20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)`,
  ].join('|'),
  'gi',
);
const BLANK = '#';

/** A group of digits that is a moment: epoch milliseconds of the years 2020 to 2034, a date, a date and time. */
const MOMENT =
  /^(?:1(?:5[7-9]|[6-9]\d)\d{10}|20[0-4]\d{10}|20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])[0-5]\d[0-5]\d)?)$/;

/** The first track of a stripe as readers give it (ISO/IEC 7813), whether or not its number is one. */
const FIRST_TRACK = /%?B\d{12,19}\^[^^]{0,40}\^[^?"]{0,60}\??/gi;
const SECOND_TRACK = /;\d{12,19}=\d{0,40}\??|(?<!\d)[2-6]\d{12,18}=\d{7,40}\??/g;

/** What is called by the name of a security code and has three or four digits; the digits are its first group. */
const SECURITY_CODE =
  /(?<![\p{L}\p{Nd}])(?:c(?:vv|vc|vn)2?|ccv)[\s"'\\]{0,4}(?:[:=#-]|code|is|no\.?)?[\s"'\\:]{0,4}(\p{Nd}{3,4})(?!\p{Nd})/giu;

/** Names of fields for card data, in lower case and without spaces, dashes and underscores. */
const CARD_FIELDS: ReadonlySet<string> = new Set([
  ...['pan', 'cardpan', 'cardnumber', 'cardno', 'cardnum', 'creditcardnumber', 'ccnumber'],
  ...['cvv', 'cvv2', 'cvc', 'cvc2', 'cvn', 'cvn2', 'ccv', 'cid', 'csc', 'cardcvv', 'cardcvc'],
  ...['securitycode', 'cardsecuritycode', 'cardverificationcode', 'cardverificationvalue'],
  ...['track1', 'track2', 'track1data', 'track2data', 'trackdata'],
]);

export function isUuid(text: string): boolean {
  return WHOLLY_UUID.test(text);
}

/** Whether a field of this name holds card data, whatever is in it; the case and `_`, `-` and spaces make no difference. */
export function isCardField(name: string): boolean {
  return name.length <= 30 && CARD_FIELDS.has(name.toLowerCase().replace(/[ _-]/g, ''));
}

/** What card data the text carries, the gravest first; null: none. */
export function cardDataIn(text: string): CardDataKind | null {
  const kinds = new Set(findCardData(text).map(({ kind }) => kind));
  return CARD_DATA_KINDS.find((kind) => kinds.has(kind)) ?? null;
}

/** The text with `[card]` for each piece of card data in it. */
export function withoutCardData(text: string): string {
  const found = findCardData(text).sort((one, other) => one.start - other.start);
  let scrubbed = '';
  let position = 0;
  for (const { start, end } of found) {
    if (end <= position) continue;
    if (start >= position) scrubbed += text.slice(position, start) + CARD_MASK;
    position = end;
  }
  return scrubbed + text.slice(position);
}

function findCardData(text: string): Found[] {
  const found: Found[] = [];
  if (text.length < LENGTH_MIN || !MAYBE_DIGIT.test(text) || isUuid(text)) return found;
  for (const track of [FIRST_TRACK, SECOND_TRACK]) {
    for (const match of text.matchAll(track)) found.push(spanOf('track data', match));
  }
  if (text.search(DIGITS) !== -1) findNumbers(blankOut(text), found);
  for (const match of text.matchAll(SECURITY_CODE)) {
    const { kind, end } = spanOf('security code', match);
    found.push({ kind, end, start: end - (match[1]?.length ?? 0) });
  }
  return found;
}

function spanOf(kind: CardDataKind, match: RegExpExecArray): Found {
  return { kind, start: match.index, end: match.index + match[0].length };
}

function blankOut(text: string): string {
  return text.replace(OTHER_NUMBERS, (number) => BLANK.repeat(number.length));
}

function findNumbers(text: string, found: Found[]): void {
  for (const match of text.matchAll(DIGITS)) {
    let groups: Digit[][] = [];
    for (const group of groupsOf(text, spanOf('card number', match))) {
      if (MOMENT.test(group.map(({ value }) => value).join(''))) {
        findInGroups(text, groups, found);
        groups = [];
      } else {
        groups.push(group);
      }
    }
    findInGroups(text, groups, found);
  }
}

/** The digits from `start` to `end`, those without a separator between them together. */
function groupsOf(text: string, { start, end }: Found): Digit[][] {
  const groups: Digit[][] = [];
  for (const { 0: digits, index } of text.slice(start, end).matchAll(/\p{Nd}+/gu)) {
    const group: Digit[] = [];
    const groupEnd = start + index + digits.length;
    let position = start + index;
    for (const digit of digits) {
      group.push({ value: digitValue(digit), start: position, groupEnd });
      position += digit.length;
    }
    groups.push(group);
  }
  return groups;
}

/** The digits of each script stand in order, and scripts whose digits are neighbours have ten each. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  if (code < 0x80) return code - 0x30;
  let zero = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return (code - zero) % 10;
}

/** A number begins where a group does: what follows it (the expiry date) is not part of it, nor need what precedes it be. */
function findInGroups(text: string, groups: readonly Digit[][], found: Found[]): void {
  const digits = groups.flat();
  const values = digits.map(({ value }) => value);
  let from = 0;
  for (const group of groups) {
    const first = digits[from];
    if (first !== undefined && mayBegin(text, group)) {
      const length = cardLength(values, from, isAfterPlus(text, first.start));
      const last = digits[from + length - 1];
      if (length > 0 && last !== undefined) {
        found.push({ kind: 'card number', start: first.start, end: last.groupEnd });
      }
    }
    from += group.length;
  }
}

/** A short group at the end of a word is the word's (`till4-1200...`). */
function mayBegin(text: string, group: readonly Digit[]): boolean {
  const start = group[0]?.start ?? 0;
  return (
    group.length >= 4 || start === 0 || !/\p{L}$/u.test(text.slice(Math.max(0, start - 2), start))
  );
}

/** `+49` and `00 49` begin a phone number with its country's code. */
function isAfterPlus(text: string, start: number): boolean {
  return /(?:[+＋]|(?<!\p{Nd})00[ -]?)$/u.test(text.slice(Math.max(0, start - 5), start));
}

/** Digits of the longest card number that begins at `from`; 0: none does. Phone numbers have at most 13. */
function cardLength(values: readonly number[], from: number, isPhone: boolean): number {
  const prefix = Number(values.slice(from, from + 4).join(''));
  const lengths = RANGES.find(([first, last]) => prefix >= first && prefix <= last)?.[2] ?? [];
  const fits = (length: number): boolean =>
    from + length <= values.length &&
    !(isPhone && length === CARD_DIGITS_MIN) &&
    passesLuhn(values, from, length);
  return lengths.find(fits) ?? 0;
}

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(values: readonly number[], from: number, length: number): boolean {
  let sum = 0;
  for (let place = 1; place <= length; place += 1) {
    const digit = values[from + length - place] ?? 0;
    const doubled = place % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
