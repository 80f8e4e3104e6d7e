/**
 * The devices of a branch since this start of the hub: who is connected, how far behind, and what tills still hold unsent.
 * In memory only; bounded by forgetting the unconnected device that was seen longest ago, one that holds sales last of all.
 */
import type { Clock } from '../../base/clock.js';
import type { Role } from '../../domain/rows.js';
import type { DeviceStanding } from '../../domain/unsent-sales.js';
import type { ClientHeartbeat, Principal, ViewRow } from '../../protocol/messages.js';
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
  /** The connection whose word the queue is; null: none has told of one. */
  queueToldBy: string | null;
  version: number;
}

export const DEVICES_MAX = 1_000;

/** What a client said of itself in a heartbeat. */
export interface DeviceReport {
  readonly connectionId: string;
  /** Versions queued for it that it has not applied yet. */
  readonly behind: number;
  /** What it holds unsent; null: it said nothing of that. */
  readonly queue: ClientHeartbeat['queue'] | null;
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
    this.#devices.set(id, {
      id,
      name,
      role,
      connections: (held?.connections ?? 0) + 1,
      last_seen_at: this.#clock.now(),
      behind: 0,
      queue_length: held?.queue_length ?? 0,
      queue_oldest_at: held?.queue_oldest_at ?? null,
      queueToldBy: held?.queueToldBy ?? null,
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

  /**
   * Of several connections of a device the last that tells of a queue is believed. One that says nothing of a queue (a screen
   * beside the till) takes back only what it said itself.
   */
  reported(deviceId: string, { connectionId, behind, queue }: DeviceReport): void {
    const device = this.#devices.get(deviceId);
    if (device === undefined) return;
    device.behind = behind;
    if (queue !== null || device.queueToldBy === connectionId) {
      const length = queue?.length ?? 0;
      const oldestAt = length === 0 ? null : (queue?.oldestAt ?? null);
      device.queue_length = length;
      // A till's clock may be ahead; nothing has waited since a time to come.
      device.queue_oldest_at = oldestAt === null ? null : Math.min(oldestAt, this.#clock.now());
      device.queueToldBy = connectionId;
    }
    this.#touch(device);
  }

  /** Every device as decisions see it. */
  *standings(): Generator<DeviceStanding> {
    for (const device of this.#devices.values()) {
      const { id, name, queue_length, queue_oldest_at, last_seen_at, connections } = device;
      yield { id, name, queue_length, queue_oldest_at, last_seen_at, connected: connections > 0 };
    }
  }

  readonly source: ImageSource = () => ({
    device_status: Array.from(
      this.#devices.values(),
      ({ connections, queueToldBy: _by, ...device }): ViewRow => ({
        ...device,
        connected: connections > 0,
      }),
    ),
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
    while (this.#devices.size > DEVICES_MAX) {
      const forgotten = this.#seenLongestAgo();
      if (forgotten === undefined) return;
      this.#devices.delete(forgotten.id);
    }
  }

  /** Of those without a connection, and of these one that holds no sales if there is any. */
  #seenLongestAgo(): DeviceStatus | undefined {
    const gone = [...this.#devices.values()].filter(({ connections }) => connections === 0);
    const withoutSales = gone.filter(({ queue_length: length }) => length === 0);
    const choice = withoutSales.length > 0 ? withoutSales : gone;
    return choice.toSorted((a, b) => a.last_seen_at - b.last_seen_at)[0];
  }
}
