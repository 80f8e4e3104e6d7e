/** A small day of one branch whose money is right to the penny: what verification must find clean. */
import type { OrderHeader } from '../../src/domain/rows.js';
import type { Store } from '../../src/store/port.js';
import { Book } from './book.js';
import { shiftEnd } from './shift-end.js';
import { orderChanges, seedIds, seedRequest, shiftRequest } from './store.js';
import { adjustmentRow, lineRow, movementRow, paymentRow, shiftRow } from './store-rows.js';
import { NOON } from './rows.js';

/** What the whole day of `writeDay` comes to, in commits. */
export const DAY_VERSIONS = 18;

function shiftOf(branchId: string) {
  return { branch_id: branchId, shift_id: seedIds(branchId).shift };
}

/** Seeds the branch (version 1) and opens its shift (version 2). */
export async function openBook(store: Store, branchId: string): Promise<Book> {
  const book = new Book(store, branchId);
  const seed = seedRequest(branchId);
  await book.write(seed.command, seed.changeSet, { key: null });
  await book.write('shift.open', shiftRequest(branchId).changeSet);
  return book;
}

/** Opens `<branch>-order-<number>` with one kebab of 13.00, tax of 2.17 included. */
export async function openOrder(book: Book, number: number, customerName: string | null = null) {
  const orderId = `${book.branchId}-order-${String(number)}`;
  const changes = orderChanges(book.branchId, { orderId, number, customerName });
  await book.write('order.open', changes);
  return orderId;
}

/** Versions 3 to 18: served, discounted, refunded, charged for service, merged, taxed on top, voided, counted. */
export async function writeDay(store: Store, branchId: string): Promise<Book> {
  const book = await openBook(store, branchId);
  await servedAndRefunded(book);
  await discounted(book);
  await mergedWithServiceCharge(book);
  await taxedOnTop(book);
  await counted(book);
  return book;
}

/** 3 opened, 4 sent, 5 served, 6 paid in cash with a tip and closed, 7 a part given back. */
async function servedAndRefunded(book: Book): Promise<void> {
  const id = await openOrder(book, 1, 'Zoë Ark');
  const line = `${id}-line-1`;
  const { grill } = seedIds(book.branchId);
  await book.write('order.send', [
    book.set('order_header', id, { stations: [grill], sent_at: NOON }),
    book.set('order_line', line, { status: 'queued', sent_at: NOON }),
  ]);
  await book.write('kitchen.set_status', [
    book.set('order_header', id, { stations: [], ready_at: NOON + 1 }),
    book.set('order_line', line, { status: 'served', ready_at: NOON + 1, served_at: NOON + 1 }),
  ]);
  const of = { ...shiftOf(book.branchId), order_id: id };
  const paid = { ...of, id: `${id}-pay`, tip: 100, change_due: 600 };
  await book.write('payment.add', [
    closes(book, id, { paid: 1300, tip: 100 }),
    book.add('order_payment', paymentRow(paid)),
  ]);
  const refund = {
    ...paymentRow({ ...of, id: `${id}-back`, kind: 'refund', amount: 300 }),
    ...{ refund_of: paid.id, tendered: null, change_due: null, reference: 'cold' },
  };
  await book.write('payment.refund', [
    book.set('order_header', id, { paid: 1000, payment_status: 'partial' }),
    book.add('order_payment', refund),
  ]);
}

/** 8 opened, 9 ten per cent off, 10 paid by card and closed. */
async function discounted(book: Book): Promise<void> {
  const id = await openOrder(book, 2);
  const of = { ...shiftOf(book.branchId), order_id: id };
  const figures = { discount: 130, tax: 195, total: 1170 };
  await book.write('order.discount', [
    book.set('order_header', id, figures),
    book.set('order_line', `${id}-line-1`, figures),
    book.add('order_adjustment', adjustmentRow({ ...of, id: `${id}-off` })),
  ]);
  const card = { ...of, id: `${id}-pay`, method: 'card', amount: 1170 } as const;
  await book.write('payment.add', [
    closes(book, id, { paid: 1170 }),
    book.add('order_payment', { ...paymentRow(card), tendered: null, change_due: null }),
  ]);
}

/** 11 opened, 12 service charged, 13 another opened, 14 the first merged into it. */
async function mergedWithServiceCharge(book: Book): Promise<void> {
  const from = await openOrder(book, 3);
  const of = { ...shiftOf(book.branchId), order_id: from };
  const charge = adjustmentRow({ ...of, id: `${from}-service`, value: 1250, amount: 163 });
  await book.write('order.charge', [
    book.set('order_header', from, { service_charge: 163, total: 1463 }),
    book.add('order_adjustment', { ...charge, kind: 'service_charge' }),
  ]);
  const into = await openOrder(book, 4);
  const nothing = { subtotal: 0, service_charge: 0, tax: 0, total: 0 };
  await book.write('order.merge', [
    book.set('order_header', from, { ...nothing, status: 'voided', merged_into: into }),
    book.set('order_header', into, { subtotal: 2600, tax: 434, total: 2600 }),
    book.set('order_line', `${from}-line-1`, { order_id: into, seq: 2 }),
  ]);
}

/** 15 two kebabs taxed on top and a line voided before it was sent. */
async function taxedOnTop(book: Book): Promise<void> {
  const id = `${book.branchId}-order-5`;
  const [header] = orderChanges(book.branchId, { orderId: id, number: 5 });
  const item_id = seedIds(book.branchId).kebab;
  const of = { branch_id: book.branchId, order_id: id, item_id };
  const line = lineRow({ ...of, id: `${id}-line-1`, qty: 2, tax: 520, total: 3120 });
  const voided = lineRow({ ...of, id: `${id}-line-2`, seq: 2, status: 'voided', tax: 0, total: 0 });
  const figures = { subtotal: 2600, tax: 520, total: 3120 };
  await book.write('order.open', [
    book.add('order_header', { ...(header?.after as OrderHeader), ...figures }),
    book.add('order_line', { ...line, tax_included: false }),
    book.add('order_line', { ...voided, void_reason: 'mistake' }),
  ]);
}

/** 16 change brought and money taken to the safe, 17 counted 50 short and handed over, 18 an order in the new shift. */
async function counted(book: Book): Promise<void> {
  const of = shiftOf(book.branchId);
  const { branchId } = book;
  await book.write('cash.paid_in', [
    book.add('cash_movement', movementRow({ ...of, id: `${branchId}-in` })),
    book.add(
      'cash_movement',
      movementRow({ ...of, id: `${branchId}-out`, kind: 'drop', amount: 200 }),
    ),
    book.add(
      'cash_movement',
      movementRow({ ...of, id: `${branchId}-no`, kind: 'no_sale', amount: 0 }),
    ),
  ]);
  const count = { counted_cash: 11_350, expected_cash: 11_400, over_short: -50 };
  const closed = { status: 'closed', closed_by: 'ada', closed_at: NOON + 9 } as const;
  const { zReport, summary } = shiftEnd(book, {
    ...book.row('pos_shift', of.shift_id),
    ...{ ...closed, ...count },
  });
  const end = { ...closed, ...count, z_report: zReport };
  const close = book.set('pos_shift', of.shift_id, end);
  const next = `${branchId}-shift-2`;
  await book.write(
    'shift.handover',
    [close, book.add('pos_shift', shiftRow({ id: next, branch_id: branchId }))],
    { zNumberOf: of.shift_id, summary, raisesHorizon: true, requiresShift: of.shift_id },
  );
  const changes = orderChanges(branchId, {
    orderId: `${branchId}-order-6`,
    number: 6,
    shiftId: next,
  });
  await book.write('order.open', changes, { requiresShift: next });
}

function closes(book: Book, id: string, columns: Partial<OrderHeader>) {
  const closed = { status: 'closed', payment_status: 'paid', closed_at: NOON + 2 } as const;
  return book.set('order_header', id, { ...closed, ...columns });
}
