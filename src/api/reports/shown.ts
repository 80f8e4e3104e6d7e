/** Cells as people read them, in their language, by the branch's clock and currency. */
import type { Cell, CellKind, Part, ReportBranch } from './document.js';
import { currencyDigits, decimal } from './money.js';
import { fill, isWord, WORDS, type Language, type Words } from './words.js';

/** Western digits and calendar in both, as tills and receipts have them. */
const LOCALES: Readonly<Record<Language, string>> = {
  en: 'en-GB',
  ar: 'ar-u-nu-latn-ca-gregory',
};
const MINUTE_SECONDS = 60;
const BASIS_POINTS_DIGITS = 2;

export class Shown {
  readonly words: Words;
  readonly #digits: number;
  readonly #count: Intl.NumberFormat;
  readonly #money: Intl.NumberFormat;
  readonly #currency: Intl.NumberFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #shortDay: Intl.DateTimeFormat;
  readonly #shortMonth: Intl.DateTimeFormat;
  readonly #month: Intl.DateTimeFormat;
  readonly #moment: Intl.DateTimeFormat;
  readonly #time: Intl.DateTimeFormat;

  constructor({ currency, zone }: Pick<ReportBranch, 'currency' | 'zone'>, language: Language) {
    const locale = LOCALES[language];
    const digits = currencyDigits(currency);
    this.words = WORDS[language];
    this.#digits = digits;
    this.#count = new Intl.NumberFormat(locale);
    this.#money = new Intl.NumberFormat(locale, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    this.#currency = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      // Arabic names its neighbours' currencies by signs and all others by letters from right to left.
      currencyDisplay: language === 'en' ? 'narrowSymbol' : 'code',
    });
    const date = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
    this.#day = new Intl.DateTimeFormat(locale, { weekday: 'short', ...date });
    this.#shortDay = new Intl.DateTimeFormat(locale, {
      day: 'numeric',
      month: 'short',
      timeZone: 'UTC',
    });
    this.#shortMonth = new Intl.DateTimeFormat(locale, {
      month: 'short',
      year: '2-digit',
      timeZone: 'UTC',
    });
    this.#month = new Intl.DateTimeFormat(locale, {
      month: 'long',
      year: 'numeric',
      timeZone: 'UTC',
    });
    const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone } as const;
    this.#moment = new Intl.DateTimeFormat(locale, { ...date, ...clock });
    this.#time = new Intl.DateTimeFormat(locale, clock);
  }

  /** A cell that is empty is a dash. */
  cell(kind: CellKind, value: Cell): string {
    if (value === null) return kind === 'text' ? this.words.none : '–';
    switch (kind) {
      case 'text':
        return String(value);
      case 'word':
        return isWord(String(value)) ? this.words[String(value) as keyof Words] : String(value);
      case 'count':
        return this.#count.format(Number(value));
      case 'money':
        return this.#money.format(decimal(Number(value), this.#digits) as `${number}`);
      case 'duration':
        return duration(Number(value));
      case 'rate':
        return `${decimal(Number(value), BASIS_POINTS_DIGITS)} %`;
      case 'hour':
        return `${String(value).padStart(2, '0')}:00`;
      case 'date':
        return this.#day.format(Date.parse(String(value)));
      case 'month':
        return this.#month.format(Date.parse(`${String(value)}-01`));
      case 'moment':
        return this.#moment.format(Number(value));
      case 'time':
        return this.#time.format(Number(value));
    }
  }

  /** As short as it fits below a bar. */
  short(kind: CellKind, value: Cell): string {
    if (kind === 'date') return this.#shortDay.format(Date.parse(String(value)));
    if (kind === 'month') return this.#shortMonth.format(Date.parse(`${String(value)}-01`));
    return this.cell(kind, value);
  }

  /** With the sign of its currency. */
  price(amount: number): string {
    return this.#currency.format(decimal(amount, this.#digits) as `${number}`);
  }

  range({ from, to }: Pick<Part, 'from' | 'to'>): string {
    if (from === to) return this.cell('date', from);
    return fill(this.words.range, { from: this.cell('date', from), to: this.cell('date', to) });
  }
}

/** Minutes and seconds: `7:05`. */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / MINUTE_SECONDS);
  return `${String(minutes)}:${String(seconds % MINUTE_SECONDS).padStart(2, '0')}`;
}
