/** Makes the reports that the command line asks for, of the branches of a directory. */
import type { ReportDocument } from '../../../api/reports/document.js';
import { rangeDocument } from '../../../api/reports/range-document.js';
import { shiftDocument } from '../../../api/reports/shift-document.js';
import type { Refusal } from '../../../base/refusal.js';
import { BranchReports, shownBy } from '../../../hub/reports/branch-reports.js';
import { currencyTotals } from '../../../hub/reports/currency-totals.js';
import { makeReport, type AskedReport, type MadeReport } from '../../../hub/reports/make-report.js';
import { reportDate } from '../../../hub/reports/range.js';
import { shiftReportOf } from '../../../hub/reports/shift-report.js';
import { checkQuery } from '../../../protocol/check.js';
import { HotBranch } from '../../../store/hot/hot-branch.js';
import type { ReportDirectory } from '../../../store/sqlite/report-directory.js';
import { OperatorError } from '../../operator-error.js';
import { REPORTS, type ReportOptions } from './options.js';

/** Who prints, where nobody has signed in. */
const NOBODY = 'expeditor';

/** What a report came to: as its query answers, and as tables. */
export interface Answered {
  readonly answer: unknown;
  readonly document: ReportDocument;
}

export interface Asked {
  readonly name: string;
  readonly options: ReportOptions;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Throws an OperatorError where there is no such report, branch or shift, or the dates will not do. */
export function makeAsked(directory: ReportDirectory, asked: Asked): Promise<Answered> {
  const { name, options } = asked;
  if (!REPORTS.some((report) => report === name)) {
    throw new OperatorError('report', `there is no "${name}"`, `there are ${REPORTS.join(', ')}`);
  }
  const branches = branchesOf(directory, options);
  return name === 'shift'
    ? ofShift(directory, branches, asked)
    : ofRange(directory, branches, asked);
}

async function ofRange(
  { reads }: ReportDirectory,
  branches: readonly HotBranch[],
  { name, options, now }: Asked,
): Promise<Answered> {
  const { from, to, top, groupBy } = options;
  const params = {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(top !== undefined && { top }),
    ...(name === 'sales' && { group_by: groupBy }),
  };
  const query = { name: `report.${name}`, params } as AskedReport;
  const fault = checkQuery(query.name, params);
  if (fault !== null) throw refusedBy(fault);
  const made: MadeReport[] = [];
  for (const hot of branches) {
    const report = await makeReport(new BranchReports(hot, reads), query, reportDate(hot, now));
    if ('code' in report) throw refusedBy(report);
    made.push(report);
  }
  const answers = made.map(({ answer }) => answer);
  return {
    answer:
      answers.length === 1 ? answers[0] : { reports: answers, totals: currencyTotals(answers) },
    document: rangeDocument(made, { at: now, by: null }),
  };
}

async function ofShift(
  store: ReportDirectory,
  branches: readonly HotBranch[],
  { options, now }: Asked,
): Promise<Answered> {
  const [hot, ...others] = branches;
  if (hot === undefined || others.length > 0) {
    throw new OperatorError('report', 'a shift is of one branch', 'name it with --branch');
  }
  const { kind, shift: shiftId } = options;
  const params = { kind, ...(shiftId !== undefined && { shift_id: shiftId }) };
  const fault = checkQuery('shift.report', params);
  if (fault !== null) throw refusedBy(fault);
  const asker = { hot, store, now, by: NOBODY };
  const report = await shiftReportOf(asker, params);
  if ('code' in report) throw refusedBy(report);
  return { answer: report, document: shiftDocument(report, shownBy(hot)) };
}

function branchesOf({ branches }: ReportDirectory, options: ReportOptions): readonly HotBranch[] {
  const known = branches.map(({ branch }) => branch.id);
  const named = options.branch === undefined ? options.branches : [options.branch];
  const isClear = options.allBranches === true || known.length === 1;
  const hint = `there are ${known.join(', ')}`;
  if (named === undefined && !isClear) {
    throw new OperatorError('report', 'which branch?', `give --branch or --all-branches; ${hint}`);
  }
  return (named ?? known).map((id) => {
    const found = branches.find(({ branch }) => branch.id === id);
    if (found === undefined) throw new OperatorError('report', `there is no branch "${id}"`, hint);
    return new HotBranch(found);
  });
}

function refusedBy({ message }: Refusal): OperatorError {
  return new OperatorError('report', message, 'see expeditor report --help');
}
