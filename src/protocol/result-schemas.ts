/** What queries answer, as schemas for the documents; results.ts has the same as types. */
import { Type, type TObject } from 'typebox';
import { nullable, strict } from '../domain/fields.js';
import type { QueryName } from './messages.js';
import { REPORT_RESULTS } from './report-schemas.js';
import { BranchSchema, ROW_SCHEMAS, ShiftHeadSchema, StatusLogSchema } from './row-schemas.js';

const Line = ROW_SCHEMAS.order_line;

/** As a kitchen sees lines, whoever asks: without `updated_at` too. */
const { updated_at: _at, ...kitchenColumns } = Line.properties;

const ShiftReport = Type.Object({
  kind: Type.Enum(['x', 'z']),
  branch: Type.Object({}),
  shift: Type.Object({}),
  period: strict({ from: Type.Integer(), to: Type.Integer() }),
  printed_at: Type.Integer(),
  printed_by: Type.String(),
  sales: Type.Object({}),
  open_orders: strict({ count: Type.Integer(), total: Type.Integer() }),
  payments: Type.Array(Type.Object({})),
  tips: Type.Array(Type.Object({})),
  late: Type.Optional(Type.Array(Type.Object({}))),
  kitchen: Type.Optional(Type.Array(Type.Object({}))),
  no_sales: Type.Integer(),
  drawer: Type.Object({}),
});

export const QUERY_RESULTS = {
  'branch.get': strict({ branch: BranchSchema, shift: nullable(ShiftHeadSchema) }),
  'order.get': strict({
    header: ROW_SCHEMAS.order_header,
    lines: Type.Array(Line),
    payments: Type.Array(ROW_SCHEMAS.order_payment),
    adjustments: Type.Array(ROW_SCHEMAS.order_adjustment),
    logs: Type.Array(StatusLogSchema),
  }),
  'order.list': strict({
    orders: Type.Array(ROW_SCHEMAS.order_header),
    cursor: nullable(Type.String()),
  }),
  'kitchen.recent': strict({ lines: Type.Array(strict(kitchenColumns)) }),
  'shift.report': strict({ report: ShiftReport, z_number: nullable(Type.Integer()) }),
  ...REPORT_RESULTS,
} as const satisfies Record<QueryName, TObject>;
