/**
 * A branch for tests of pure decisions: a small real BranchState over Maps that takes change sets in. No I/O, and the same ids, numbers and times at each run.
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
  Device,
  MenuItem,
  NumberLease,
  OrderAggregate,
  OrderHeader,
  OrderPayment,
  PosShift,
  Role,
  Rows,
  Staff,
  Station,
  TableName,
} from '../../src/domain/rows.js';
import { TABLE_NAMES } from '../../src/domain/tables.js';
import type { DeviceStanding } from '../../src/domain/unsent-sales.js';
import { makeBranch, makeItem, makeShift, makeStaff, makeStation, NOON } from './rows.js';

type Tables = { readonly [T in TableName]: Map<string, Rows[T]> };

/** A branch with an open shift, a grill, a bar and a steak, unless told otherwise. */
export class TestBranch implements BranchState {
  readonly tables: Tables;
  /** What the next decision takes as the time. */
  now = NOON;
  /** Every change set that was applied, oldest first. */
  readonly history: ChangeSet[] = [];
  /** What decisions are told of sales that have not come. */
  unsent: readonly DeviceStanding[] = [];
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
  run<Payload>(
    command: CommandDefinition<string, Payload>,
    payload: Payload,
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

  device(deviceId: string): Device | undefined {
    return this.tables.device.get(deviceId);
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

  unsentSales(): readonly DeviceStanding[] {
    return this.unsent;
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
