/** What a replay prints at its end, and whether all of it is right. */
import { showPence } from './money.js';
import type { ReplayResult } from './run.js';
import { sumOf } from './z-reports.js';

/** Faults listed of each kind; the rest are counted. */
const LISTED_MAX = 5;

export function isRight({ reconciliation, played }: ReplayResult): boolean {
  const { expected, found, lost, doubled } = reconciliation;
  const sameTotals = (['orders', 'lines', 'units', 'pence'] as const).every(
    (figure) => expected[figure] === found[figure],
  );
  const faults = lost.length + doubled.length + played.differences.length;
  return sameTotals && faults === 0;
}

/** Lines, without line ends. */
export function summaryOf(result: ReplayResult): string[] {
  const { reconciliation, played, ledger, stations } = result;
  const { expected, found, lost, doubled } = reconciliation;
  return [
    'Simulated: tables, order types and guests, payments and cash float, preparation times, categories, tax and stations',
    `  (told from item names: ${stations.length === 0 ? 'none' : stations.join(', ')}).`,
    `From the files: ${result.plan.days.length} days, items, quantities, prices and times.`,
    '',
    'Reconciliation        file        hub',
    figure('orders', String(expected.orders), String(found.orders)),
    figure('lines', String(expected.lines), String(found.lines)),
    figure('units', String(expected.units), String(found.units)),
    figure('pounds', showPence(expected.pence), showPence(found.pence)),
    `${result.zReports.length} Z reports of these orders' shifts, together ${showPence(sumOf(result.zReports))} pounds`,
    ...faults('lost', lost),
    ...faults('doubled', doubled),
    ...faults('screens that differ from a fresh snapshot', played.differences),
    `${played.comparisons} comparisons of ${played.replicas} screens, ${played.rows} rows, column by column`,
    `${ledger.acknowledged} commands acknowledged, ${ledger.replayed} of them repeats; ${ledger.conflicts} version conflicts settled; ${result.pricesChanged} prices changed`,
    ...(result.ordersThereAlready === 0
      ? []
      : [`${result.ordersThereAlready} orders were there from an earlier run`]),
    ...(played.shiftLeftOpen === null
      ? []
      : ['The shift was open before: it is left open, with its orders in it']),
    isRight(result) ? 'All of it is right.' : 'SOMETHING IS WRONG.',
  ];
}

function figure(name: string, file: string, hub: string): string {
  const mark = file === hub ? '' : '   differs';
  return `  ${name.padEnd(12)}${file.padStart(12)}${hub.padStart(11)}${mark}`;
}

function faults(name: string, list: readonly string[]): string[] {
  const more = list.length - LISTED_MAX;
  return [
    `${name}: ${list.length}`,
    ...list.slice(0, LISTED_MAX).map((fault) => `  ${fault}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
