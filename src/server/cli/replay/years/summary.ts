/** What a replay of made-up years prints at its end. */
import { showPence } from '../money.js';
import { sumOf } from '../z-reports.js';
import type { YearsResult } from './run.js';

/** Faults listed; the rest are counted. */
const LISTED_MAX = 10;

export function isRight({ faults, zReports, days, total }: YearsResult): boolean {
  return faults.length === 0 && zReports.length === days && sumOf(zReports) === total;
}

/** Lines, without line ends. */
export function summaryOf(result: YearsResult): string[] {
  const { days, orders, lines, total, zReports, faults, counts, playedMs, memory } = result;
  const seconds = Math.max(1, Math.round(playedMs / 1_000));
  const more = faults.length - LISTED_MAX;
  return [
    'Simulated: which recorded order comes when, tables, guests, tills, kitchen times (all lines of an order in one step; one in four is said to be begun),',
    '  payments, tips, discounts, voids, refunds and counts. Recorded: what is ordered together, at what hours, and the prices.',
    'Commands were given inside the process, without sockets and screens: each locked, decided, committed and synced like every other.',
    '',
    `drawn  ${days} days, ${orders} orders, ${lines} lines, ${showPence(total)} pounds`,
    `hub    ${zReports.length} Z reports, together ${showPence(sumOf(zReports))} pounds`,
    `faults: ${faults.length}`,
    ...faults.slice(0, LISTED_MAX).map((fault) => `  ${fault}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    `${counts.commands} commands in ${seconds} s (${Math.round(counts.commands / seconds)} a second), ${counts.replayed} of them repeats`,
    `Memory: ${inMegabytes(memory.first)} MB after the first month, ${inMegabytes(memory.last)} MB at the end`,
    ...(result.daysThereAlready === 0
      ? []
      : [`${result.daysThereAlready} days were there from an earlier run`]),
    isRight(result) ? 'All of it is right.' : 'SOMETHING IS WRONG.',
  ];
}

function inMegabytes(bytes: number): number {
  return Math.round(bytes / 1_048_576);
}
