/** The connections of one replay: all of them end with it, however it ends, or the process would wait for them. */
import type { Client } from '../../../client/index.js';
import { connectThrough, type DeviceOptions, type HubDoor } from '../hub-door.js';

export class Connections {
  readonly #door: HubDoor;
  readonly #clients: Client[] = [];
  #closed = false;

  constructor(door: HubDoor) {
    this.#door = door;
  }

  /** Resolves when it is connected for the first time. */
  async open(device: DeviceOptions): Promise<Client> {
    const client = await connectThrough(this.#door, device);
    this.#clients.push(client);
    // Another one failed meanwhile.
    if (this.#closed) this.close();
    return client;
  }

  close(): void {
    this.#closed = true;
    for (const client of this.#clients.splice(0)) client.close();
  }
}
