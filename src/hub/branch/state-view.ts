/** One branch as a decision sees it: the hot records, and beside them the cold ones that the command named. */
import type { BranchState, ShiftRecords } from '../../domain/command.js';
import type {
  Branch,
  Device,
  MenuItem,
  OrderAggregate,
  OrderHeader,
  PosShift,
  Staff,
  Station,
} from '../../domain/rows.js';
import type { DeviceStanding } from '../../domain/unsent-sales.js';
import { isUnfinished, type HotBranch } from '../../store/hot/hot-branch.js';
import { unsentSales, type KnownDevices } from './unsent-sales.js';

/** Cold records read for one command, under its mutexes. */
export interface ColdRecords {
  readonly orders: readonly OrderAggregate[];
  readonly shifts: readonly PosShift[];
}

export const NO_COLD_RECORDS: ColdRecords = { orders: [], shifts: [] };

export class StateView implements BranchState {
  readonly #hot: HotBranch;
  readonly #cold: ColdRecords;
  readonly #devices: KnownDevices;

  constructor(hot: HotBranch, cold: ColdRecords, devices: KnownDevices) {
    this.#hot = hot;
    this.#cold = cold;
    this.#devices = devices;
  }

  get branch(): Branch {
    return this.#hot.branch;
  }

  get shift(): PosShift | null {
    return this.#hot.shift;
  }

  order(orderId: string): OrderAggregate | undefined {
    return (
      this.#hot.orders.get(orderId) ?? this.#cold.orders.find(({ header }) => header.id === orderId)
    );
  }

  orderOfPayment(paymentId: string): OrderAggregate | undefined {
    const hot = this.#hot.tables.order_payment.get(paymentId);
    if (hot !== undefined) return this.order(hot.order_id);
    return this.#cold.orders.find(({ payments }) =>
      payments.some((payment) => payment.id === paymentId),
    );
  }

  item(itemId: string): MenuItem | undefined {
    return this.#hot.tables.menu_item.get(itemId);
  }

  station(stationId: string): Station | undefined {
    return this.#hot.tables.station.get(stationId);
  }

  staff(staffId: string): Staff | undefined {
    return this.#hot.staff.get(staffId);
  }

  device(deviceId: string): Device | undefined {
    return this.#hot.devices.get(deviceId);
  }

  shiftById(shiftId: string): PosShift | undefined {
    if (this.#hot.shift?.id === shiftId) return this.#hot.shift;
    return this.#cold.shifts.find(({ id }) => id === shiftId);
  }

  *unfinishedOrders(): Generator<OrderHeader> {
    for (const { header } of this.#hot.orders.values()) if (isUnfinished(header)) yield header;
  }

  shiftRecords(): ShiftRecords {
    return shiftRecordsOf(this.#hot);
  }

  leaseHolds(deviceId: string, number: number): boolean {
    for (const lease of this.#hot.leases.values()) {
      const holds =
        lease.device_id === deviceId &&
        lease.shift_id === this.#hot.shift?.id &&
        number >= lease.first_number &&
        number <= lease.last_number;
      if (holds) return true;
    }
    return false;
  }

  unsentSales(): readonly DeviceStanding[] {
    return unsentSales(this.#hot, this.#devices);
  }
}

/** The records of the open shift; empty where none is open. */
export function shiftRecordsOf(hot: HotBranch): ShiftRecords {
  const shiftId = hot.shift?.id;
  return {
    orders: [...hot.orders.values()].filter(({ header }) => header.shift_id === shiftId),
    payments: [...hot.tables.order_payment.values()].filter(({ shift_id: of }) => of === shiftId),
    movements: [...hot.tables.cash_movement.values()].filter(({ shift_id: of }) => of === shiftId),
  };
}
