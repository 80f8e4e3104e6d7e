/** Where a device is plugged into the network: one client program's way to the hub. */
import type { Role } from '../../src/domain/rows.js';

export class Outlet {
  /** The tab, for traces and findings. */
  readonly who: string;
  readonly role: Role;
  readonly deviceId: string;
  readonly baseLatencyMs: number;
  /** False: what is opened is never answered. */
  isReachable = true;
  /** When the last message of the hub arrived, or the program began. */
  heardAt: number;
  /** When it subscribed within the last minute. */
  subscribedAt: number[] = [];

  constructor(of: Pick<Outlet, 'who' | 'role' | 'deviceId' | 'baseLatencyMs' | 'heardAt'>) {
    this.who = of.who;
    this.role = of.role;
    this.deviceId = of.deviceId;
    this.baseLatencyMs = of.baseLatencyMs;
    this.heardAt = of.heardAt;
  }
}
