/** The reports as queries: of a branch that the hub holds. */
import type { Refusal } from '../../base/refusal.js';
import type { Store } from '../../store/port.js';
import type { HubBranch } from '../hub-branch.js';
import { BranchReports } from './branch-reports.js';
import { makeReport, type AskedReport, type MadeReport } from './make-report.js';
import { reportDate } from './range.js';

export function reportOf(
  { hub, clock }: HubBranch,
  store: Pick<Store, 'reports'>,
  asked: AskedReport,
): Promise<MadeReport | Refusal> {
  const reports = new BranchReports(hub.hot, store.reports);
  return makeReport(reports, asked, reportDate(hub.hot, clock.now()));
}
