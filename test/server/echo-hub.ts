/** A hub for tests of the socket layer: it keeps what it was told, and can echo each message. */
import { systemTimers } from '../../src/base/clock.js';
import type { Connection, ConnectionEvents } from '../../src/hub/connection.js';
import { FRAME_HEAD_ROOM } from '../../src/hub/connection.js';
import type { Hub, HubState } from '../../src/hub/hub.js';
import { AddressLimits } from '../../src/hub/limits/addresses.js';
import { HUB_LIMITS, type HubLimits } from '../../src/hub/options.js';
import { correlation } from '../../src/hub/correlation.js';
import { frameMessage } from '../../src/server/ws/frame.js';

export class EchoHub implements Pick<Hub, 'accept' | 'addresses' | 'state'> {
  readonly addresses: AddressLimits;
  state: HubState = 'ready';
  echoes = true;
  readonly connections: Connection[] = [];
  readonly told: string[] = [];
  readonly correlations: (string | undefined)[] = [];
  readonly #waiting: { what: string; heard: () => void }[] = [];

  constructor(limits: Partial<HubLimits> = {}) {
    this.addresses = new AddressLimits({ ...HUB_LIMITS, ...limits }, systemTimers);
  }

  accept(connection: Connection): ConnectionEvents {
    this.connections.push(connection);
    this.#tell('accept');
    return {
      message: (bytes) => {
        this.correlations.push(correlation());
        this.#tell(`message ${bytes.length}`);
        if (this.echoes) connection.write([frameOf(bytes, connection.encoding)]);
      },
      drained: () => this.#tell('drained'),
      alive: () => this.#tell('alive'),
      closed: (code) => this.#tell(`closed ${code}`),
    };
  }

  /** Resolves once the hub is told `what` (for the first time, also if it was told already). */
  heard(what: string): Promise<void> {
    if (this.told.includes(what)) return Promise.resolve();
    return new Promise((heard) => this.#waiting.push({ what, heard }));
  }

  #tell(what: string): void {
    this.told.push(what);
    for (const waiting of this.#waiting) if (waiting.what === what) waiting.heard();
  }
}

/** Frames a copy of the message, with the head room that the protocol's encoders leave. */
export function frameOf(message: Uint8Array, encoding: 'msgpack' | 'json') {
  const roomy = new Uint8Array(FRAME_HEAD_ROOM + message.length);
  roomy.set(message, FRAME_HEAD_ROOM);
  return frameMessage([roomy], encoding, FRAME_HEAD_ROOM);
}
