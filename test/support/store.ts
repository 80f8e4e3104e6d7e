/** Commit requests for tests of a store: what a command would have made, without the command. */
import { recordVersions, type ChangeSet, type RowChange } from '../../src/domain/change-set.js';
import type { Rows, TableName } from '../../src/domain/rows.js';
import type { CommitOutcome, CommitRequest, Store } from '../../src/store/port.js';
import {
  branchRow,
  deviceRow,
  headerRow,
  itemRow,
  lineRow,
  shiftRow,
  staffRow,
  stationRow,
} from './store-rows.js';
import { NOON } from './rows.js';

/** A row that comes. */
export function inserted<T extends TableName>(table: T, after: Rows[T]): RowChange {
  return { table, before: null, after, changes: null } as unknown as RowChange;
}

/** A row that changes in these columns; its version rises by one. */
export function changed<T extends TableName>(
  table: T,
  before: Rows[T],
  columns: Partial<Rows[T]>,
): RowChange {
  const changes = { ...columns, version: before.version + 1 };
  return { table, before, after: { ...before, ...changes }, changes } as unknown as RowChange;
}

/** The row as this change leaves it. */
export function after<T extends TableName>(table: T, change: RowChange): Rows[T] {
  if (change.table !== table) throw new Error(`a change of ${change.table}, not of ${table}`);
  return change.after as Rows[T];
}

/** A request with these changes; each has a key of its own unless one is given. */
export function request(
  branchId: string,
  changeSet: ChangeSet,
  more: Partial<CommitRequest> = {},
): CommitRequest {
  const first = changeSet[0]?.after;
  const key = `${branchId}/${first?.id ?? 'nothing'}/${String(first?.version ?? 0)}`;
  return {
    branchId,
    key,
    requestHash: `hash of ${key}`,
    command: 'test.change',
    actor: 'ada',
    deviceId: 'till-1',
    correlationId: null,
    at: NOON,
    changeSet,
    result: { records: recordVersions(changeSet) },
    requiresShift: null,
    zNumberOf: null,
    raisesHorizon: false,
    ...more,
  };
}

export function commit(store: Store, wanted: CommitRequest): Promise<CommitOutcome> {
  return new Promise((settle) => {
    store.commit(wanted, settle);
  });
}

/** Commits and gives the version; throws unless it was committed. */
export async function committed(store: Store, wanted: CommitRequest): Promise<number> {
  const outcome = await commit(store, wanted);
  if (outcome.kind !== 'committed') throw new Error(`not committed: ${JSON.stringify(outcome)}`);
  return outcome.version;
}

/** Ids of what `seed` puts into a branch; each is used in one branch only. */
export function seedIds(branchId: string) {
  return {
    grill: `${branchId}-grill`,
    fry: `${branchId}-fry`,
    kebab: `${branchId}-kebab`,
    water: `${branchId}-water`,
    ada: 'ada',
    till: 'till-1',
    shift: `${branchId}-shift-1`,
  };
}

/** A branch with stations, staff, a device and a menu, as command `branch.seed` (version 1). */
export function seedRequest(branchId: string): CommitRequest {
  const ids = seedIds(branchId);
  const of = { branch_id: branchId };
  const changeSet = [
    inserted('branch', branchRow({ id: branchId })),
    inserted('station', stationRow({ ...of, id: ids.grill })),
    inserted('station', stationRow({ ...of, id: ids.fry, name: 'Fry', names: {}, position: 2 })),
    inserted('staff', staffRow({ ...of, id: `${branchId}-ada` })),
    inserted('device', deviceRow({ ...of, id: `${branchId}-till-1` })),
    inserted('menu_item', itemRow({ ...of, id: ids.kebab, station: ids.grill })),
    inserted('menu_item', itemRow({ ...of, id: ids.water, name: 'Water', remaining: 3 })),
  ];
  return request(branchId, changeSet, { key: null, command: 'branch.seed', actor: 'system' });
}

/** The opening of the branch's shift (its first one unless an id is given). */
export function shiftRequest(branchId: string, shiftId = seedIds(branchId).shift): CommitRequest {
  const row = shiftRow({ id: shiftId, branch_id: branchId });
  return request(branchId, [inserted('pos_shift', row)], { command: 'shift.open' });
}

export interface OrderOptions {
  readonly orderId: string;
  readonly number: number;
  readonly shiftId?: string;
  readonly openedAt?: number;
  readonly customerName?: string | null;
}

/** An order of one kebab that the grill has not seen yet, as the rows that come. */
export function orderChanges(branchId: string, options: OrderOptions): ChangeSet {
  const { orderId, number } = options;
  const ids = seedIds(branchId);
  const of = { branch_id: branchId };
  const at = options.openedAt ?? NOON;
  const header = headerRow({
    ...of,
    id: orderId,
    number,
    shift_id: options.shiftId ?? ids.shift,
    customer_name: options.customerName ?? null,
    opened_at: at,
    updated_at: at,
    subtotal: 1300,
    tax: 217,
    total: 1300,
  });
  const line = lineRow({
    ...of,
    id: `${orderId}-line-1`,
    order_id: orderId,
    item_id: ids.kebab,
    station: ids.grill,
    created_at: at,
    updated_at: at,
  });
  return [inserted('order_header', header), inserted('order_line', line)];
}

export function orderRequest(branchId: string, options: OrderOptions): CommitRequest {
  return request(branchId, orderChanges(branchId, options), {
    command: 'order.open',
    requiresShift: options.shiftId ?? seedIds(branchId).shift,
    at: options.openedAt ?? NOON,
  });
}
