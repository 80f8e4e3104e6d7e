/** Figures for cashiers, managers and administrators: of one branch, and of several for a head office. */
import { Type } from 'typebox';
import type { Refusal } from '../../base/refusal.js';
import { strict } from '../../domain/fields.js';
import { shownBy } from '../../hub/reports/branch-reports.js';
import { currencyTotals } from '../../hub/reports/currency-totals.js';
import type { AskedReport, MadeReport } from '../../hub/reports/make-report.js';
import { reportOf } from '../../hub/reports/report-queries.js';
import { foreignBranch } from '../../hub/session/command-door.js';
import { ShiftReportParams } from '../../protocol/queries.js';
import { REPORT_PARAMS, type ReportName } from '../../protocol/report-queries.js';
import { QUERY_RESULTS } from '../../protocol/result-schemas.js';
import type { ShiftReportResult } from '../../protocol/results.js';
import { ask } from '../ask.js';
import type { ApiContext } from '../context.js';
import { FORM_PARAMS, inForm, OTHER_TYPES } from '../reports/forms.js';
import { rangeDocument } from '../reports/range-document.js';
import { shiftDocument } from '../reports/shift-document.js';
import { defineRoute } from '../route.js';

const OFFICE = ['admin', 'manager'] as const;

const DESCRIPTION =
  '`from` and `to` are business dates, both included; without them it is the business date of the open shift, or of now. ' +
  'The open shift counts as it stands, and `open` says so. As JSON, as CSV (money as decimals) or as a page for A4 or a ' +
  'receipt of 80 mm.';

const SUMMARIES: Readonly<Record<ReportName, string>> = {
  'report.summary': 'Everything of a range of business dates in one answer',
  'report.sales': 'Sales by hour, day, month, item, category, station, staff, order type or method',
  'report.discounts': 'Discounts and comps by reason and person',
  'report.voids': 'Voids by reason and person',
  'report.kitchen': 'How long the stations took',
  'report.shifts': 'The shifts of a range with their Z numbers and drawers',
};

const REPORT_NAMES = Object.keys(REPORT_PARAMS) as ReportName[];

function pathOf(name: ReportName): string {
  return name.replace('report.', '/reports/');
}

function branchRoute(name: ReportName) {
  return defineRoute({
    method: 'GET',
    path: `/branches/:branch${pathOf(name)}`,
    tag: 'Reports',
    summary: SUMMARIES[name],
    description: DESCRIPTION,
    access: OFFICE,
    query: strict({ ...REPORT_PARAMS[name].properties, ...FORM_PARAMS }),
    answers: {
      200: { description: 'The report', schema: QUERY_RESULTS[name], otherTypes: OTHER_TYPES },
    },
    async handle(call) {
      const { format, paper, lang, ...params } = call.query;
      const { name: by } = call.principal;
      const printed = { at: call.context.clock.now(), by };
      const asked = await ask(call, name, params);
      if ('refusal' in asked) return asked;
      const made = { name, answer: asked.body } as MadeReport;
      const form = { format, paper, lang, accept: call.accept };
      return inForm(made.answer, () => rangeDocument([made], printed), form);
    },
  });
}

const Branches = Type.String({
  minLength: 1,
  maxLength: 4_096,
  description: 'ids with commas between them; default: all that the token opens',
});

function headOfficeRoute(name: ReportName) {
  return defineRoute({
    method: 'GET',
    path: pathOf(name),
    tag: 'Reports',
    summary: `${SUMMARIES[name]}, of several branches`,
    description:
      `${DESCRIPTION} Of the branches that the token names (\`expeditor token --branches\`) and its own. Each branch has its ` +
      'own report; sums are per currency.',
    access: OFFICE,
    query: strict({
      ...REPORT_PARAMS[name].properties,
      ...FORM_PARAMS,
      branches: Type.Optional(Branches),
    }),
    answers: {
      200: {
        description: 'The report of each branch, in the order asked for, and the sums',
        schema: strict({
          reports: Type.Array(QUERY_RESULTS[name]),
          totals: Type.Array(
            strict({
              currency: Type.String(),
              branches: Type.Array(Type.String()),
              totals: Type.Record(Type.String(), Type.Integer()),
            }),
          ),
        }),
        otherTypes: OTHER_TYPES,
      },
    },
    async handle({ context, principal, grant, query, accept }) {
      const { format, paper, lang, branches, ...params } = query;
      const opened = [...new Set([principal.branch_id, ...(grant.branches ?? [])])];
      const wanted = branches === undefined ? opened : [...new Set(branches.split(','))];
      if (!wanted.every((id) => opened.includes(id))) return { refusal: foreignBranch() };
      const asked = { name, params } as AskedReport;
      const made = await reportsOf(wanted, asked, context);
      if ('code' in made) return { refusal: made };
      const answers = made.map(({ answer }) => answer);
      const body = { reports: answers, totals: currencyTotals(answers) };
      const printed = { at: context.clock.now(), by: principal.name };
      return inForm(body, () => rangeDocument(made, printed), { format, paper, lang, accept });
    },
  });
}

/** One after the other, as the store reads them. */
async function reportsOf(
  branchIds: readonly string[],
  asked: AskedReport,
  { hub, store }: ApiContext,
): Promise<MadeReport[] | Refusal> {
  const made: MadeReport[] = [];
  for (const id of branchIds) {
    const branch = hub.branches.get(id);
    if (branch === undefined) return foreignBranch();
    const report = await reportOf(branch, store, asked);
    if ('code' in report) return report;
    made.push(report);
  }
  return made;
}

export const reportRoutes = [
  defineRoute({
    method: 'GET',
    path: '/branches/:branch/reports/shift',
    tag: 'Reports',
    summary: 'The X report of the open shift, or the Z report of a closed one',
    description: 'Without `shift_id`: the open shift for x, the one closed last for z.',
    access: ['admin', 'manager', 'cashier'],
    query: strict({ ...ShiftReportParams.properties, ...FORM_PARAMS }),
    answers: {
      200: {
        description: 'The report',
        schema: QUERY_RESULTS['shift.report'],
        otherTypes: OTHER_TYPES,
      },
    },
    refusals: ['not_found', 'invalid_state'],
    async handle(call) {
      const { format, paper, lang, ...params } = call.query;
      const asked = await ask(call, 'shift.report', params);
      if ('refusal' in asked) return asked;
      const report = asked.body as ShiftReportResult;
      const form = { format, paper, lang, accept: call.accept };
      return inForm(report, () => shiftDocument(report, shownBy(call.branch.hub.hot)), form);
    },
  }),
  ...REPORT_NAMES.map(branchRoute),
  ...REPORT_NAMES.map(headOfficeRoute),
];
