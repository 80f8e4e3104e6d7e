/** What the close of a shift brings with it, made from a book's rows by the domain. */
import { figuresOf } from '../../src/domain/reports/figures-of.js';
import {
  openOrders,
  shiftReport,
  type ShiftReport,
} from '../../src/domain/reports/shift-report.js';
import type { PosShift } from '../../src/domain/rows.js';
import type { ShiftSummary } from '../../src/store/reports.js';
import type { Book } from './book.js';

export interface ShiftEnd {
  readonly zReport: ShiftReport;
  readonly summary: ShiftSummary;
}

/** `closed`: the shift's row as the close leaves it. Unfinished orders are still in it. */
export function shiftEnd(book: Book, closed: PosShift): ShiftEnd {
  const ofShift = ({ shift_id }: { readonly shift_id: string }) => shift_id === closed.id;
  const orders = book
    .all('order_header')
    .filter(ofShift)
    .map((header) => {
      const ofOrder = ({ order_id }: { readonly order_id: string }) => order_id === header.id;
      return {
        header,
        lines: book.all('order_line').filter(ofOrder),
        payments: book.all('order_payment').filter(ofOrder),
        adjustments: book.all('order_adjustment').filter(ofOrder),
      };
    });
  const payments = book.all('order_payment').filter(ofShift);
  const movements = book.all('cash_movement').filter(ofShift);
  const branch = book.row('branch', book.branchId);
  const item = (id: string) => book.all('menu_item').find((found) => found.id === id);
  const figures = figuresOf({ orders, payments, movements }, { branch, shift: closed, item });
  return {
    zReport: shiftReport({
      ...{ branch, shift: closed, figures, openOrders: openOrders(orders), kind: 'z' },
      at: closed.closed_at ?? 0,
      by: closed.closed_by ?? '',
    }),
    summary: { shiftId: closed.id, businessDate: closed.business_date, figures },
  };
}
