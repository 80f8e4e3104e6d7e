/** The tills' Wi-Fi fails in the middle of each day, and comes back: they sell on through queues on disks of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Timers } from '../../../base/clock.js';
import type { ClientStorage } from '../../../client/index.js';
import { nodeSocket } from '../../../client/connection/node-socket.js';
import { fileStorage } from '../../../client/storage/file.js';
import type { DeviceOptions } from '../hub-door.js';
import { Cable } from './cable.js';

export interface OutageOptions {
  /** In real time. */
  readonly durationMs: number;
  readonly timers: Timers;
}

export class Outage {
  readonly #options: OutageOptions;
  readonly #cable = new Cable();
  readonly #directory = mkdtempSync(join(tmpdir(), 'expeditor-tills-'));
  readonly #storages: ClientStorage[] = [];
  #over: Promise<void> = Promise.resolve();

  constructor(options: OutageOptions) {
    this.#options = options;
  }

  /** A till on the cable, with a disk of its own. */
  async device(options: DeviceOptions): Promise<DeviceOptions> {
    const storage = await fileStorage(join(this.#directory, `${options.device}.sqlite`));
    this.#storages.push(storage);
    return { ...options, storage, socket: this.#cable.through(nodeSocket) };
  }

  /** Pulls the cable out; `before` is called just before it is plugged in again. */
  begin(before: () => void): void {
    this.#cable.pullOut();
    this.#over = new Promise((resolve) => {
      this.#options.timers.after(this.#options.durationMs, () => {
        before();
        this.#cable.plugIn();
        resolve();
      });
    });
  }

  /** Resolves when the cable is in. */
  over(): Promise<void> {
    return this.#over;
  }

  async close(): Promise<void> {
    await Promise.all(this.#storages.map((storage) => storage.close()));
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
