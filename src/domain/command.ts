/** What a command is: who may give it, what it locks and expects, and its decision, in one place. Its payload's schema stands in payloads/. */
import type { NewId } from '../base/ids.js';
import type { Refusal } from '../base/refusal.js';
import type { ChangeSet } from './change-set.js';
import type { ShiftSummary } from './reports/figures.js';
import type {
  Branch,
  CashMovement,
  Device,
  MenuItem,
  OrderAggregate,
  OrderHeader,
  OrderPayment,
  PosShift,
  Role,
  Staff,
  Station,
  TableName,
} from './rows.js';
import type { DeviceStanding } from './unsent-sales.js';

/** Who gives the command, and from where. */
export interface Actor {
  readonly staffId: string;
  readonly deviceId: string;
  readonly role: Role;
}

/** What a decision takes from outside, so that it stays a function of what it is given. */
export interface CommandContext {
  /** The hub's clock. */
  readonly now: number;
  readonly actor: Actor;
  /** The client's own time, stored beside the hub's. */
  readonly clientAt: number | null;
  readonly newId: NewId;
  /** Reserves `count` consecutive order numbers of the open shift's business date; returns the first. Gaps are allowed. */
  readonly takeNumbers: (count: number) => number;
}

/** All that a shift's figures are made of. */
export interface ShiftRecords {
  /** Orders whose `shift_id` is this shift. */
  readonly orders: Iterable<OrderAggregate>;
  /** Payments and refunds that this shift took, also those of orders of other shifts. */
  readonly payments: Iterable<OrderPayment>;
  readonly movements: Iterable<CashMovement>;
}

/**
 * One branch as a decision sees it. Records that the command named (`records`) are at hand, hot or not; of others only the
 * hot ones. The hub holds the mutex of each named record and the shift meanwhile.
 */
export interface BranchState {
  readonly branch: Branch;
  /** The open shift, or null. */
  readonly shift: PosShift | null;
  order(orderId: string): OrderAggregate | undefined;
  /** The order that a payment belongs to (named in `records.payments`). */
  orderOfPayment(paymentId: string): OrderAggregate | undefined;
  item(itemId: string): MenuItem | undefined;
  station(stationId: string): Station | undefined;
  staff(staffId: string): Staff | undefined;
  device(deviceId: string): Device | undefined;
  /** A shift by id: the open one or, where the command named it, a closed one. */
  shiftById(shiftId: string): PosShift | undefined;
  /** Headers of orders neither closed nor voided, whichever shift they came from. */
  unfinishedOrders(): Iterable<OrderHeader>;
  /** Records of the open shift. */
  shiftRecords(): ShiftRecords;
  /** The device's leased range of the open shift that holds `number`, if any. */
  leaseHolds(deviceId: string, number: number): boolean;
  /** Devices that said last that they hold sales unsent, and those not connected that have numbers of the open shift. */
  unsentSales(): Iterable<DeviceStanding>;
}

/** The records whose mutexes a command takes. Ids that do not exist (yet) may be named. */
export interface RecordNames {
  /** Orders that it changes: at hand, hot or not. */
  readonly orders?: readonly string[];
  /** Ids that the client gives to new orders: only hot ones are at hand, the commit finds the others. */
  readonly newOrders?: readonly string[];
  /** Menu items that it changes. */
  readonly items?: readonly string[];
  /** Menu items that it takes portions of: locked only where portions are counted. */
  readonly portionsOf?: readonly string[];
  /** Payments: the hub locks their orders. */
  readonly payments?: readonly string[];
  /** Shifts that `shiftById` must find, closed ones too. */
  readonly shifts?: readonly string[];
}

/** `{table: {id: version}}`: the versions that the client saw. */
export type Expect = Readonly<Partial<Record<TableName, Readonly<Record<string, number>>>>>;

/** The records whose versions the client must have seen. */
export type Expected = Readonly<Partial<Record<TableName, readonly string[]>>>;

/** A value that says something of a person, wherever it stands or stood. */
export interface PersonalValue {
  readonly table: 'order_header' | 'order_line';
  readonly id: string;
  readonly column: string;
}

export type Decision =
  | {
      readonly kind: 'change';
      readonly changeSet: ChangeSet;
      /** Added to `result` beside `records` (for example `numbers`). */
      readonly result?: Readonly<Record<string, unknown>>;
      /** The shift in the change set whose `z_number` the commit has to give. */
      readonly zNumberOf?: string;
      /** What the shift that the change set ends came to. */
      readonly summary?: ShiftSummary;
      /** Values whose hashes in the history must never be found out: the commit takes their salts away. */
      readonly erased?: readonly PersonalValue[];
    }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** `Payload` is what the schema of the same name in payloads/ lets in. */
export interface CommandDefinition<Name extends string = string, Payload = unknown> {
  readonly name: Name;
  /** Roles that may give it besides manager and admin. */
  readonly roles: readonly Role[];
  /** How it holds the branch's shift: those that open, close or hand it over have it alone, all others share it. */
  readonly shift: 'shared' | 'exclusive';
  /** Refused as `shift_closed` when no shift is open; the commit checks once more. */
  readonly needsOpenShift: boolean;
  records(payload: Payload): RecordNames;
  /** Versions that `expect` must name; absent: none. */
  expects?(payload: Payload): Expected;
  decide(state: BranchState, payload: Payload, context: CommandContext): Decision;
}

/** A command that only the hub's memory knows (`order.lock`, `order.unlock`): no commit, no version. */
export interface LeaseDefinition<Name extends string = string> {
  readonly name: Name;
  readonly roles: readonly Role[];
}
