/** Somebody at the back office who asks for one report after the other, over ranges of many lengths. */
import { SALES_GROUPS } from '#dist/domain/reports/sales.js';
import type { ReportName } from '#dist/protocol/report-queries.js';
import { Latencies } from '../measure/latency.js';
import type { Till } from './till.js';

export interface ReportKind {
  /** As it stands in the table. */
  readonly title: string;
  readonly name: ReportName;
  readonly params: Readonly<Record<string, unknown>>;
}

export const REPORT_KINDS: readonly ReportKind[] = [
  kind('report.summary'),
  ...SALES_GROUPS.map((group): ReportKind => ({
    title: `report.sales by ${group}`,
    name: 'report.sales',
    params: { group_by: group },
  })),
  kind('report.discounts'),
  kind('report.voids'),
  kind('report.kitchen'),
  kind('report.shifts'),
];

/** Business dates that have closed shifts, from the first to the last. */
export interface Dates {
  readonly first: string;
  readonly last: string;
}

const DAY_MS = 86_400_000;
/** 0: all of it. */
const SPANS = [0, 365, 92, 31, 7, 1, 0] as const;
/** What `report.shifts` takes at most. */
const SHIFTS_SPAN_MAX = 366;
/** Ranges begin here and there, in the same places in every run. */
const STRIDE = 97;

function kind(name: ReportName): ReportKind {
  return { title: name, name, params: {} };
}

export class ReportAsker {
  readonly #till: Till;
  readonly #dates: Dates;
  #asked = 0;

  constructor(till: Till, dates: Dates) {
    this.#till = till;
    this.#dates = dates;
  }

  /** The answer, over all dates, and how long it took in milliseconds. */
  async whole({ name, params }: ReportKind): Promise<readonly [answer: unknown, ms: number]> {
    const { first: from, last: to } = this.#dates;
    const begun = performance.now();
    const answer = await this.#till.ask(name, { ...params, from, to });
    return [answer, performance.now() - begun];
  }

  /** One after the other until it is told to stop; each at the earliest so long after the one before was asked for. */
  async steadily(everyMs: number, isOver: () => boolean): Promise<ReadonlyMap<string, Latencies>> {
    const latencies = new Map(REPORT_KINDS.map(({ title }) => [title, new Latencies()]));
    while (!isOver()) {
      const { title, name, params } = this.#next();
      const askedAt = performance.now();
      await this.#till.ask(name, params);
      const tookMs = performance.now() - askedAt;
      latencies.get(title)?.record(tookMs);
      await new Promise((resolve) => setTimeout(resolve, everyMs - tookMs));
    }
    return latencies;
  }

  #next(): ReportKind {
    const nth = this.#asked;
    this.#asked += 1;
    const round = Math.floor(nth / REPORT_KINDS.length);
    const asked = REPORT_KINDS[nth % REPORT_KINDS.length];
    if (asked === undefined) throw new Error('there are reports');
    const wanted = SPANS[round % SPANS.length] ?? 0;
    const range = this.#range(
      asked.name === 'report.shifts' && wanted === 0 ? SHIFTS_SPAN_MAX : wanted,
      nth,
    );
    return { ...asked, params: { ...asked.params, ...range } };
  }

  #range(wanted: number, nth: number): { readonly from: string; readonly to: string } {
    const first = Date.parse(this.#dates.first);
    const days = (Date.parse(this.#dates.last) - first) / DAY_MS + 1;
    const span = wanted === 0 ? days : Math.min(wanted, days);
    const begin = first + ((nth * STRIDE) % (days - span + 1)) * DAY_MS;
    return { from: dateOf(begin), to: dateOf(begin + (span - 1) * DAY_MS) };
  }
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
