/**
 * The devices of a branch since this start of the hub: who is connected, how far behind, and what tills still hold unsent.
 * In memory only; bounded by forgetting the device that was seen longest ago.
 */
import type { Clock } from '../../base/clock.js';
import type { Role } from '../../domain/rows.js';
import type { Principal, ViewRow } from '../../protocol/messages.js';
import type { ImageSource } from './image-channel.js';

interface DeviceStatus {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  connections: number;
  last_seen_at: number;
  behind: number;
  queue_length: number;
  queue_oldest_at: number | null;
  version: number;
}

const DEVICES_MAX = 1_000;

/** What a client said of itself in a heartbeat. */
export interface DeviceReport {
  /** Versions queued for it that it has not applied yet. */
  readonly behind: number;
  readonly queueLength: number;
  readonly queueOldestAt: number | null;
}

export class Devices {
  readonly #devices = new Map<string, DeviceStatus>();
  readonly #clock: Clock;
  #version = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rises with each change of any device. */
  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#devices.size;
  }

  /** Of these, the devices with a connection. */
  get connectedCount(): number {
    return this.#count(({ connections }) => connections > 0);
  }

  /** The connected ones that said in their last heartbeat that they have not applied all that was queued for them. */
  get behindCount(): number {
    return this.#count(({ connections, behind }) => connections > 0 && behind > 0);
  }

  connected(principal: Principal): void {
    const { device_id: id, name, role } = principal;
    const held = this.#devices.get(id);
    // Last in the map is seen last.
    this.#devices.delete(id);
    this.#devices.set(id, {
      id,
      name,
      role,
      connections: (held?.connections ?? 0) + 1,
      last_seen_at: this.#clock.now(),
      behind: 0,
      queue_length: held?.queue_length ?? 0,
      queue_oldest_at: held?.queue_oldest_at ?? null,
      version: this.#next(),
    });
    this.#bound();
  }

  disconnected(deviceId: string): void {
    const device = this.#devices.get(deviceId);
    if (device === undefined) return;
    device.connections = Math.max(0, device.connections - 1);
    this.#touch(device);
  }

  reported(deviceId: string, report: DeviceReport): void {
    const device = this.#devices.get(deviceId);
    if (device === undefined) return;
    device.behind = report.behind;
    device.queue_length = report.queueLength;
    device.queue_oldest_at = report.queueOldestAt;
    this.#touch(device);
  }

  readonly source: ImageSource = () => ({
    device_status: Array.from(this.#devices.values(), ({ connections, ...device }): ViewRow => ({
      ...device,
      connected: connections > 0,
    })),
  });

  #count(which: (device: DeviceStatus) => boolean): number {
    let count = 0;
    for (const device of this.#devices.values()) if (which(device)) count += 1;
    return count;
  }

  #touch(device: DeviceStatus): void {
    device.last_seen_at = this.#clock.now();
    device.version = this.#next();
  }

  #next(): number {
    this.#version += 1;
    return this.#version;
  }

  #bound(): void {
    for (const [id, { connections }] of this.#devices) {
      if (this.#devices.size <= DEVICES_MAX) return;
      if (connections === 0) this.#devices.delete(id);
    }
  }
}
