/** Sales that tills hold and the hub does not have yet, as far as it knows: what stops a shift's close, and what it warns of. */

/** A device as the hub knows it: what it said last, and whether it is there. */
export interface DeviceStanding {
  readonly id: string;
  readonly name: string;
  /** Sales that it said last it holds unsent. */
  readonly queue_length: number;
  /** UTC epoch milliseconds; null: none, or it did not say. */
  readonly queue_oldest_at: number | null;
  /** UTC epoch milliseconds; null: not since the hub's start. */
  readonly last_seen_at: number | null;
  readonly connected: boolean;
}

/** Beside the records in the `result` of a shift's end that went through all the same. */
export interface SalesWarning {
  /** The second: not connected, and it has order numbers of the shift to sell by. */
  readonly code: 'device_holds_sales' | 'device_out_of_touch';
  readonly device_id: string;
  readonly name: string;
  readonly queue_length: number;
  readonly queue_oldest_at: number | null;
  readonly last_seen_at: number | null;
  readonly message: string;
}

/** Devices that one answer tells of: more would help nobody, and a stored answer has to stay small. */
const DEVICES_TOLD_MAX = 100;

/** Of these, the ones that said last that they hold sales. */
export function holdersOfSales(devices: Iterable<DeviceStanding>): readonly DeviceStanding[] {
  const holders = [...devices].filter(({ queue_length }) => queue_length > 0);
  return holders.slice(0, DEVICES_TOLD_MAX);
}

/** Of each device that holds sales or may hold some; those that certainly do come first. */
export function salesWarnings(devices: Iterable<DeviceStanding>): readonly SalesWarning[] {
  const all = [...devices];
  const holders = all.filter(({ queue_length }) => queue_length > 0);
  const others = all.filter(({ queue_length }) => queue_length === 0);
  return [...holders, ...others].slice(0, DEVICES_TOLD_MAX).map((device) => {
    const { id, name, queue_length, queue_oldest_at, last_seen_at } = device;
    return {
      code: queue_length > 0 ? 'device_holds_sales' : 'device_out_of_touch',
      device_id: id,
      name,
      queue_length,
      queue_oldest_at,
      last_seen_at,
      message: queue_length > 0 ? holdsSales(device) : mayHoldSales(device),
    };
  });
}

/** In words: `Till 2 holds 3 unsent sales`. */
export function holdsSales({ name, queue_length: length }: DeviceStanding): string {
  return `${name} holds ${String(length)} unsent ${length === 1 ? 'sale' : 'sales'}`;
}

function mayHoldSales({ name }: DeviceStanding): string {
  return `${name} is not connected and may hold sales: it has order numbers of this shift`;
}
