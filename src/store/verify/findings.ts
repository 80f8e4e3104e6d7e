/** What a verification found: every difference counted by its check, and the first one in words. */

/** What can be wrong, in the order in which it is looked for. */
export const CHECKS = [
  'file',
  'segment',
  'archive',
  'version',
  'hash',
  'event',
  'row',
  'log',
  'head',
  'key',
  'personal',
  'reference',
  'line_money',
  'order_money',
  'payment',
  'drawer',
  'z_number',
  'report',
  'summary',
  'remembered',
  'expected',
] as const;
export type Check = (typeof CHECKS)[number];

export interface VerifyReport {
  readonly clean: boolean;
  /** The first difference in one line; null: there is none. */
  readonly difference: string | null;
  /** How many differences each check found; checks without any are not named. */
  readonly differences: Readonly<Partial<Record<Check, number>>>;
  readonly branches: number;
  /** Events folded. */
  readonly events: number;
  /** Rows compared, status logs among them. */
  readonly rows: number;
  /** Segments of the archive that were read. */
  readonly segments: number;
  /** Personal values that were erased: accepted without their value. */
  readonly erased: number;
  /** Notes that stand in clear text in events of before notes were hashed: accepted, and not to be erased from there. */
  readonly clear: number;
  /** Heads remembered beside the database that were looked for in it; 0: nothing was remembered. */
  readonly remembered: number;
  /** Heads that the operator named, as the log told them, and that were looked for. */
  readonly expected: number;
}

export class Findings {
  readonly counts = {
    branches: 0,
    events: 0,
    rows: 0,
    segments: 0,
    erased: 0,
    clear: 0,
    remembered: 0,
    expected: 0,
  };
  readonly #differences = new Map<Check, number>();
  #first: string | null = null;

  /** `times` differences, of which `line` tells the first. */
  add(check: Check, line: string, times = 1): void {
    this.#differences.set(check, (this.#differences.get(check) ?? 0) + times);
    this.#first ??= line;
  }

  report(): VerifyReport {
    return {
      clean: this.#first === null,
      difference: this.#first,
      differences: Object.fromEntries(this.#differences),
      ...this.counts,
    };
  }
}

/** A value as a difference shows it. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  const text = JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text;
}

const SHOWN_CHARACTERS_MAX = 120;
