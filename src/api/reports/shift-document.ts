/** The X or Z report of one shift as a document. */
import { withStaffName, withStationName, type ReportNames } from '../../domain/reports/head.js';
import { namedSales, type NamedOptions } from '../../domain/reports/named.js';
import { sumOf } from '../../domain/reports/ranking.js';
import type { ShiftReportResult } from '../../protocol/results.js';
import { fact, factsOf, type Fact, type ReportDocument } from './document.js';
import {
  drawerFacts,
  groupTables,
  headlineOf,
  kitchenGrid,
  moneyTables,
  salesTables,
} from './shift-tables.js';

/** `options`: the names of people and stations, which a report that was frozen knows by their ids alone. */
export function shiftDocument(
  { report, z_number: number }: ShiftReportResult,
  options: NamedOptions,
): ReportDocument {
  const { names } = options;
  const { branch, shift, drawer } = report;
  const sales = namedSales(report.sales, options);
  const kitchen = (report.kitchen ?? []).map((row) => withStationName(row, names));
  const money = {
    payments: report.payments,
    tips: report.tips.map((row) => withStaffName(row, names)),
    late: report.late ?? [],
  };
  const tables = [
    headlineOf(sales, [
      fact('corrections', 'count', sales.corrections),
      fact('no_sales', 'count', report.no_sales),
    ]),
    ...salesTables(sales),
    ...moneyTables(money),
    factsOf('drawer', drawerFacts(drawer)),
    factsOf('open_orders', [
      fact('count', 'count', report.open_orders.count),
      fact('total', 'money', report.open_orders.total),
    ]),
    ...groupTables(sales),
    kitchenGrid(kitchen, sumOf(kitchen, ['lines', 'recalls'])),
  ];
  const date = shift.business_date;
  return {
    name: 'shift',
    title: report.kind === 'x' ? 'x_report' : 'z_report',
    number,
    parts: [
      {
        branch,
        open: report.kind === 'x',
        from: date,
        to: date,
        head: headOf(report, names),
        tables,
      },
    ],
    totals: [],
  };
}

function headOf(report: ShiftReportResult['report'], names: ReportNames): readonly Fact[] {
  const { shift, printed_at, printed_by } = report;
  const name = (id: string) => names.staff(id) ?? id;
  return [
    fact('register_id', 'text', shift.register_id),
    fact('opened_at', 'moment', shift.opened_at),
    fact('opened_by', 'text', name(shift.opened_by)),
    ...(shift.closed_at === null ? [] : [fact('closed_at', 'moment', shift.closed_at)]),
    ...(shift.closed_by === null ? [] : [fact('closed_by', 'text', name(shift.closed_by))]),
    fact('printed_at', 'moment', printed_at),
    fact('printed_by', 'text', name(printed_by)),
  ];
}
