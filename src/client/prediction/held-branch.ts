/**
 * A branch as far as this client holds it, for the domain's decisions: rows of the views `orders`, `menu` and `shift`, or of
 * `kitchen`. Columns that the views do not show are filled in; whether a record was asked for that is not held is remembered.
 */
import type { BranchState } from '../../domain/command.js';
import type {
  Branch,
  MenuItem,
  OrderAdjustment,
  OrderAggregate,
  OrderHeader,
  OrderLine,
  OrderPayment,
  PosShift,
  TaxRules,
} from '../../domain/rows.js';
import type { ViewRow } from '../../protocol/messages.js';
import type { BranchGetResult } from '../../protocol/results.js';
import type { RowReader } from '../replica/tables.js';

/** Where the rules are not shown, no money is either, and nothing that is predicted follows from them. */
const NO_RULES: TaxRules = {
  service_charge_rate: 0,
  service_charge_order_types: [],
  service_charge_tax_rate: 0,
  rounding_unit: 1,
};

/** What the kitchen is not shown of a line, so that sums can be made of it; what they come to is told to nobody. */
const NO_MONEY = { unit_price: 0, discount: 0, tax_rate: 0, tax: 0, total: 0, modifiers: [] };

const NO_MONEY_IN_ALL = {
  subtotal: 0,
  discount: 0,
  service_charge: 0,
  tax: 0,
  rounding: 0,
  total: 0,
  paid: 0,
  tip: 0,
};

/** Whether the order is held with its money: the kitchen's are not, and of those not every line is held. */
export function isWhole(header: ViewRow): boolean {
  return header['total'] !== undefined;
}

export class HeldBranch implements BranchState {
  readonly branch: Branch;
  readonly shift: PosShift | null;
  readonly #reader: RowReader;
  #missed = false;

  constructor(reader: RowReader, { branch, shift }: BranchGetResult) {
    this.#reader = reader;
    this.branch = { tax_rules: NO_RULES, settings: {}, ...branch };
    this.shift = openShift(reader) ?? (shift as PosShift | null);
  }

  /** Whether a record was asked for that this client does not hold: the hub may. */
  get missed(): boolean {
    return this.#missed;
  }

  order(orderId: string): OrderAggregate | undefined {
    const header = this.#found(this.#reader.row('order_header', orderId));
    if (header === undefined) return undefined;
    const whole = isWhole(header);
    return {
      header: { ...(!whole && NO_MONEY_IN_ALL), ...header, reopen_reason: null } as OrderHeader,
      lines: this.#of<OrderLine>('order_line', orderId)
        .map((line) => (whole ? this.#line(line) : { ...line, ...NO_MONEY }))
        .sort((a, b) => a.seq - b.seq),
      payments: this.#of<OrderPayment>('order_payment', orderId),
      adjustments: this.#of<OrderAdjustment>('order_adjustment', orderId).sort(byArrival),
    };
  }

  item(itemId: string): MenuItem | undefined {
    return this.#found(this.#reader.row('menu_item', itemId)) as MenuItem | undefined;
  }

  shiftById(shiftId: string): PosShift | undefined {
    return this.#found(this.shift?.id === shiftId ? this.shift : undefined);
  }

  /** A queue takes its numbers from the ranges that this device has leased. */
  leaseHolds(): boolean {
    return true;
  }

  /** No command that may be queued asks for the rest. */
  readonly orderOfPayment = neverAsked;
  readonly station = neverAsked;
  readonly staff = neverAsked;
  readonly device = neverAsked;
  readonly unfinishedOrders = neverAsked;
  readonly shiftRecords = neverAsked;
  readonly unsentSales = neverAsked;

  #of<Row>(table: string, orderId: string): Row[] {
    return [...this.#reader.where(table, 'order_id', orderId).values()] as Row[];
  }

  #line(line: OrderLine): OrderLine {
    return { ...line, tax_included: this.#taxIncluded(line), voided_by: null, recalls: null };
  }

  /** As the line's own figures tell; where they hold no tax, as the menu says now. */
  #taxIncluded({ item_id, unit_price, qty, modifiers, discount, tax, total }: OrderLine): boolean {
    if (tax === 0) return this.#reader.row('menu_item', item_id)?.['tax_included'] !== false;
    let each = unit_price;
    for (const { price } of modifiers) each += price;
    return total === each * qty - discount;
  }

  #found<Record>(record: Record | undefined): Record | undefined {
    if (record === undefined) this.#missed = true;
    return record;
  }
}

/** Of the view `shift`, whose word is newer than the answer to a query; undefined: the role is not shown it, or none is open. */
function openShift(reader: RowReader): PosShift | undefined {
  for (const shift of reader.table('pos_shift').values()) {
    if (shift['status'] === 'open') return { ...shift, z_report: null } as unknown as PosShift;
  }
  return undefined;
}

/** Discounts follow each other: each is reckoned on what the ones before have left. */
function byArrival(a: OrderAdjustment, b: OrderAdjustment): number {
  if (a.at !== b.at) return a.at - b.at;
  return a.id < b.id ? -1 : 1;
}

function neverAsked(): never {
  throw new Error('no command that may be queued asks for this');
}
