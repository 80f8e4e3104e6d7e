/** The parameters of the reports over a range of business dates, uncompiled. */
import { Type } from 'typebox';
import { SALES_GROUPS } from '../domain/reports/sales.js';

/** Business dates of one range: 10 years. */
export const REPORT_DAYS_MAX = 3_653;
/** Business dates of one `report.shifts`, which names each shift. */
export const REPORT_SHIFTS_DAYS_MAX = 366;
/** Rows that a `top` may ask for. */
export const REPORT_TOP_MAX = 500;

const BusinessDate = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}$',
  description: 'business date, YYYY-MM-DD',
});
const Top = Type.Integer({ minimum: 1, maximum: REPORT_TOP_MAX });

const range = {
  from: Type.Optional(BusinessDate),
  to: Type.Optional(BusinessDate),
};

const ReportRangeParams = Type.Object(range, { additionalProperties: false });
const ReportTopParams = Type.Object(
  { ...range, top: Type.Optional(Top) },
  { additionalProperties: false },
);
const ReportSalesParams = Type.Object(
  { ...range, group_by: Type.Enum([...SALES_GROUPS]), top: Type.Optional(Top) },
  { additionalProperties: false },
);

export const REPORT_PARAMS = {
  'report.summary': ReportTopParams,
  'report.sales': ReportSalesParams,
  'report.discounts': ReportTopParams,
  'report.voids': ReportTopParams,
  'report.kitchen': ReportRangeParams,
  'report.shifts': ReportRangeParams,
} as const;

export type ReportName = keyof typeof REPORT_PARAMS;
