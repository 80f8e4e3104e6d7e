/**
 * A branch for tests of pure decisions: a small real BranchState over Maps that takes change sets in, and makers of rows with
 * everything filled in. No I/O, and the same ids, numbers and times at each run.
 */
import { assert } from '../../src/base/assert.js';
import type { ChangeSet } from '../../src/domain/change-set.js';
import type {
  Actor,
  BranchState,
  CommandContext,
  CommandDefinition,
  Decision,
  ShiftRecords,
} from '../../src/domain/command.js';
import type {
  AnyRow,
  Branch,
  CashMovement,
  MenuItem,
  NumberLease,
  OrderAggregate,
  OrderHeader,
  OrderLine,
  OrderPayment,
  PosShift,
  Role,
  Rows,
  Staff,
  Station,
  TableName,
} from '../../src/domain/rows.js';
import { TABLE_NAMES } from '../../src/domain/tables.js';
import type { Static, TSchema } from 'typebox';

/** 2026-11-20 12:00 UTC. */
export const NOON = 1_795_176_000_000;

export function makeBranch(columns: Partial<Branch> = {}): Branch {
  return {
    id: 'main',
    name: 'Main',
    currency: 'GBP',
    zone: 'Europe/London',
    cutoff_hour: 4,
    tax_rules: {
      service_charge_rate: 0,
      service_charge_order_types: [],
      service_charge_tax_rate: 0,
      rounding_unit: 1,
    },
    settings: {},
    version: 1,
    ...columns,
  };
}

export function makeShift(columns: Partial<PosShift> = {}): PosShift {
  return {
    id: 'shift-1',
    branch_id: 'main',
    register_id: 'main',
    business_date: '2026-11-20',
    status: 'open',
    opened_by: 'cashier-1',
    opened_at: NOON,
    opening_float: 10_000,
    closed_by: null,
    closed_at: null,
    counted_cash: null,
    expected_cash: null,
    over_short: null,
    z_number: null,
    version: 1,
    z_report: null,
    ...columns,
  };
}

/** A dish of the grill for 1,000, without tax, unless told otherwise. */
export function makeItem(columns: Partial<MenuItem> = {}): MenuItem {
  return {
    id: 'steak',
    branch_id: 'main',
    name: 'Steak',
    names: {},
    category: 'mains',
    station: 'grill',
    price: 1_000,
    tax_rate: 0,
    tax_included: true,
    modifier_groups: [],
    allergens: [],
    prep_seconds: null,
    available: true,
    remaining: null,
    position: 1,
    version: 1,
    ...columns,
  };
}

export function makeStation(columns: Partial<Station> = {}): Station {
  return {
    id: 'grill',
    branch_id: 'main',
    name: 'Grill',
    names: {},
    position: 1,
    version: 1,
    ...columns,
  };
}

export function makeStaff(columns: Partial<Staff> = {}): Staff {
  return {
    id: 'cashier-1',
    branch_id: 'main',
    name: 'Ann',
    role: 'cashier',
    active: true,
    version: 1,
    ...columns,
  };
}

export function makeHeader(columns: Partial<OrderHeader> = {}): OrderHeader {
  return {
    id: 'order-1',
    branch_id: 'main',
    shift_id: 'shift-1',
    business_date: '2026-11-20',
    number: 1,
    order_type: 'dine_in',
    table_no: null,
    guests: null,
    customer_name: null,
    note: null,
    priority: 0,
    status: 'open',
    payment_status: 'unpaid',
    stations: [],
    subtotal: 0,
    discount: 0,
    service_charge: 0,
    tax: 0,
    rounding: 0,
    total: 0,
    paid: 0,
    tip: 0,
    opened_by: 'cashier-1',
    device_id: 'till-1',
    merged_into: null,
    split_from: null,
    void_reason: null,
    opened_at: NOON,
    sent_at: null,
    ready_at: null,
    closed_at: null,
    updated_at: NOON,
    version: 1,
    ...columns,
  };
}

export function makeLine(columns: Partial<OrderLine> = {}): OrderLine {
  return {
    id: 'line-1',
    order_id: 'order-1',
    branch_id: 'main',
    seq: 1,
    item_id: 'steak',
    name: 'Steak',
    unit_price: 1_000,
    qty: 1,
    modifiers: [],
    note: null,
    allergens: [],
    seat: null,
    course: null,
    station: 'grill',
    status: 'new',
    mark: null,
    discount: 0,
    tax_rate: 0,
    tax: 0,
    total: 1_000,
    void_reason: null,
    origin_line_id: null,
    created_at: NOON,
    sent_at: null,
    started_at: null,
    ready_at: null,
    served_at: null,
    updated_at: NOON,
    version: 1,
    tax_included: true,
    voided_by: null,
    ...columns,
  };
}

type Tables = { readonly [T in TableName]: Map<string, Rows[T]> };

/** A branch with an open shift, a grill, a bar and a steak, unless told otherwise. */
export class TestBranch implements BranchState {
  readonly tables: Tables;
  /** What the next decision takes as the time. */
  now = NOON;
  /** Every change set that was applied, oldest first. */
  readonly history: ChangeSet[] = [];
  #ids = 0;
  #number = 0;

  constructor({
    branch = makeBranch(),
    shift = makeShift(),
  }: { branch?: Branch; shift?: PosShift | null } = {}) {
    this.tables = Object.fromEntries(TABLE_NAMES.map((table) => [table, new Map()])) as Tables;
    this.put('branch', branch);
    if (shift !== null) this.put('pos_shift', shift);
    this.put('station', makeStation());
    this.put('station', makeStation({ id: 'bar', name: 'Bar', position: 2 }));
    this.put('menu_item', makeItem());
    this.put('staff', makeStaff());
  }

  /** Sets a row, past every rule. */
  put<T extends TableName>(table: T, row: Rows[T]): void {
    this.tables[table].set(row.id, row);
  }

  /** The row, which must be there. */
  row<T extends TableName>(table: T, id: string): Rows[T] {
    const row = this.tables[table].get(id);
    assert(row, `${table} ${id} is there`);
    return row;
  }

  /** Takes a change set in, with the checks that a store makes: a new id is new, a version rises by one. */
  apply(changeSet: ChangeSet): void {
    assert(changeSet.length > 0, 'a change set is not empty');
    for (const { table, before, after, changes } of changeSet) {
      const rows = this.tables[table] as Map<string, AnyRow>;
      const held = rows.get(after.id);
      assert(
        held === (before ?? undefined),
        `${table} ${after.id} was decided on the row that is held`,
      );
      assert(after.version === (before?.version ?? 0) + 1, `${table} ${after.id} rises by one`);
      assert((before === null) === (changes === null), `${table} ${after.id} tells its changes`);
      rows.set(after.id, after);
    }
    this.history.push(changeSet);
  }

  context(role: Role = 'manager', actor: Partial<Actor> = {}): CommandContext {
    return {
      now: this.now,
      actor: { staffId: `${role}-1`, deviceId: 'till-1', role, ...actor },
      clientAt: null,
      newId: () => this.newId(),
      takeNumbers: (count) => {
        const first = this.#number + 1;
        this.#number += count;
        return first;
      },
    };
  }

  newId(): string {
    this.#ids += 1;
    return `00000000-0000-7000-8000-${this.#ids.toString().padStart(12, '0')}`;
  }

  /** Decides, and takes the change in where there is one. */
  run<Payload extends TSchema>(
    command: CommandDefinition<string, Payload>,
    payload: Static<Payload>,
    context: CommandContext = this.context(),
  ): Decision {
    const decision = command.decide(this, payload, context);
    if (decision.kind === 'change') this.apply(decision.changeSet);
    return decision;
  }

  get branch(): Branch {
    const [branch] = this.tables.branch.values();
    assert(branch, 'there is a branch');
    return branch;
  }

  get shift(): PosShift | null {
    return [...this.tables.pos_shift.values()].find(({ status }) => status === 'open') ?? null;
  }

  order(orderId: string): OrderAggregate | undefined {
    const header = this.tables.order_header.get(orderId);
    if (header === undefined) return undefined;
    return {
      header,
      lines: this.#of('order_line', orderId).sort((a, b) => a.seq - b.seq),
      payments: this.#of('order_payment', orderId),
      adjustments: this.#of('order_adjustment', orderId),
    };
  }

  orderOfPayment(paymentId: string): OrderAggregate | undefined {
    const payment = this.tables.order_payment.get(paymentId);
    return payment === undefined ? undefined : this.order(payment.order_id);
  }

  item(itemId: string): MenuItem | undefined {
    return this.tables.menu_item.get(itemId);
  }

  station(stationId: string): Station | undefined {
    return this.tables.station.get(stationId);
  }

  staff(staffId: string): Staff | undefined {
    return this.tables.staff.get(staffId);
  }

  shiftById(shiftId: string): PosShift | undefined {
    return this.tables.pos_shift.get(shiftId);
  }

  unfinishedOrders(): OrderHeader[] {
    return [...this.tables.order_header.values()].filter(
      ({ status }) => status !== 'closed' && status !== 'voided',
    );
  }

  shiftRecords(): ShiftRecords {
    const shiftId = this.shift?.id;
    const ofShift = (row: OrderHeader | OrderPayment | CashMovement): boolean =>
      row.shift_id === shiftId;
    const orders: OrderAggregate[] = [];
    for (const header of [...this.tables.order_header.values()].filter(ofShift)) {
      const order = this.order(header.id);
      if (order !== undefined) orders.push(order);
    }
    return {
      orders,
      payments: [...this.tables.order_payment.values()].filter(ofShift),
      movements: [...this.tables.cash_movement.values()].filter(ofShift),
    };
  }

  leaseHolds(deviceId: string, number: number): boolean {
    const holds = (lease: NumberLease): boolean =>
      lease.device_id === deviceId &&
      lease.shift_id === this.shift?.id &&
      lease.first_number <= number &&
      number <= lease.last_number;
    return [...this.tables.number_lease.values()].some(holds);
  }

  #of<T extends 'order_line' | 'order_payment' | 'order_adjustment'>(
    table: T,
    orderId: string,
  ): Rows[T][] {
    const rows: Iterable<Rows[T]> = this.tables[table].values();
    return [...rows].filter((row) => row.order_id === orderId);
  }
}

/** The code of a refusal; the decision's kind where it is none. */
export function outcome(decision: Decision): string {
  return decision.kind === 'refused' ? decision.refusal.code : decision.kind;
}
