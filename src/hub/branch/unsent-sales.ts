/** Which devices hold sales that the hub does not have, or may: by what they said, and by the order numbers that they were given. */
import type { DeviceStanding } from '../../domain/unsent-sales.js';
import type { HotBranch } from '../../store/hot/hot-branch.js';

/** The devices that were heard since this start of the hub. */
export type KnownDevices = () => Iterable<DeviceStanding>;

/**
 * Those that said last that they hold sales, and those not connected that have numbers of the open shift; numbers are on the
 * disk, so the latter are known also after a restart.
 */
export function unsentSales(hot: HotBranch, known: KnownDevices): readonly DeviceStanding[] {
  const leaseholders = new Set<string>();
  for (const { shift_id: shiftId, device_id: deviceId } of hot.leases.values()) {
    if (shiftId === hot.shift?.id) leaseholders.add(deviceId);
  }
  const found: DeviceStanding[] = [];
  for (const device of known()) {
    const hasNumbers = leaseholders.delete(device.id);
    if (device.queue_length === 0 && (device.connected || !hasNumbers)) continue;
    found.push({ ...device, name: hot.devices.get(device.id)?.name ?? device.name });
  }
  for (const id of leaseholders) found.push(unheard(id, hot.devices.get(id)?.name ?? id));
  return found;
}

function unheard(id: string, name: string): DeviceStanding {
  const queue = { queue_length: 0, queue_oldest_at: null };
  return { id, name, ...queue, last_seen_at: null, connected: false };
}
