/**
 * X and Z reports: one shift in figures, as plain JSON. An X report may be made at any time and changes nothing; a Z report is
 * made by the close and kept with the shift. The same records give the same report, in whatever order they come.
 */
import type { ShiftRecords } from './command.js';
import { Groups } from './groups.js';
import { isFinished } from './order-state.js';
import { salesReport, type SalesReport } from './report-sales.js';
import type {
  Branch,
  MenuItem,
  OrderAggregate,
  OrderPayment,
  PaymentMethod,
  PosShift,
} from './rows.js';
import { cashDrawer, type CashDrawer } from './shift-figures.js';

/** Items named one by one in `sales.by_item`, unless told otherwise: a page of a receipt printer. */
const TOP_ITEMS = 20;

/** Counts and minor units. A sale counts in the shift in which its order closed, money in the shift that took it. */
export interface ShiftReport {
  readonly kind: 'x' | 'z';
  readonly branch: Pick<Branch, 'id' | 'name' | 'currency' | 'zone'>;
  /** Without `z_number`, which the commit gives after the report is made: take it from the shift's row. */
  readonly shift: Pick<
    PosShift,
    | 'id'
    | 'register_id'
    | 'business_date'
    | 'status'
    | 'opened_by'
    | 'opened_at'
    | 'closed_by'
    | 'closed_at'
  >;
  /** UTC epoch milliseconds; an open shift's period ends with the report. */
  readonly period: { readonly from: number; readonly to: number };
  readonly printed_at: number;
  readonly printed_by: string;
  readonly sales: SalesReport;
  /** Orders of the shift that are not finished, with what they come to so far. */
  readonly open_orders: { readonly count: number; readonly total: number };
  readonly payments: readonly {
    readonly method: PaymentMethod;
    readonly payments: number;
    readonly paid: number;
    readonly refunds: number;
    readonly refunded: number;
  }[];
  readonly tips: readonly {
    readonly method: PaymentMethod;
    readonly by_staff: string;
    readonly count: number;
    readonly amount: number;
  }[];
  readonly no_sales: number;
  /** `counted` and `over_short` are null until the drawer is counted. */
  readonly drawer: Omit<CashDrawer, 'no_sales'> & {
    readonly counted: number | null;
    readonly over_short: number | null;
  };
}

export interface ReportOptions {
  readonly branch: Branch;
  readonly shift: PosShift;
  readonly records: ShiftRecords;
  readonly kind: 'x' | 'z';
  readonly at: number;
  /** Staff id of who asks. */
  readonly by: string;
  /** The menu, for the categories. */
  readonly item: (itemId: string) => MenuItem | undefined;
  readonly topItems?: number;
}

export function shiftReport(options: ReportOptions): ShiftReport {
  const { branch, shift, records, kind, at, by, item, topItems = TOP_ITEMS } = options;
  const orders = [...records.orders];
  const payments = [...records.payments];
  const { no_sales, ...cash } = cashDrawer(shift, { payments, movements: records.movements });
  const counted = shift.counted_cash;
  return {
    kind,
    branch: { id: branch.id, name: branch.name, currency: branch.currency, zone: branch.zone },
    shift: {
      id: shift.id,
      register_id: shift.register_id,
      business_date: shift.business_date,
      status: shift.status,
      opened_by: shift.opened_by,
      opened_at: shift.opened_at,
      closed_by: shift.closed_by,
      closed_at: shift.closed_at,
    },
    period: { from: shift.opened_at, to: shift.closed_at ?? at },
    printed_at: at,
    printed_by: by,
    sales: salesReport(orders, { branch, item, topItems }),
    open_orders: openOrders(orders),
    payments: byMethod(payments),
    tips: tips(payments),
    no_sales,
    drawer: { ...cash, counted, over_short: counted === null ? null : counted - cash.expected },
  };
}

function openOrders(orders: readonly OrderAggregate[]): ShiftReport['open_orders'] {
  let count = 0;
  let total = 0;
  for (const { header } of orders) {
    if (isFinished(header)) continue;
    count += 1;
    total += header.total;
  }
  return { count, total };
}

function byMethod(payments: readonly OrderPayment[]): ShiftReport['payments'] {
  const methods = new Groups<
    { method: PaymentMethod },
    'payments' | 'paid' | 'refunds' | 'refunded'
  >();
  for (const { kind, method, amount } of payments) {
    methods.add(
      { method },
      kind === 'payment'
        ? { payments: 1, paid: amount, refunds: 0, refunded: 0 }
        : { payments: 0, paid: 0, refunds: 1, refunded: amount },
    );
  }
  return methods.list();
}

function tips(payments: readonly OrderPayment[]): ShiftReport['tips'] {
  const people = new Groups<{ method: PaymentMethod; by_staff: string }, 'count' | 'amount'>();
  for (const { method, by_staff, tip } of payments) {
    if (tip !== 0) people.add({ method, by_staff }, { count: 1, amount: tip });
  }
  return people.list();
}
