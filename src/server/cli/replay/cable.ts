/**
 * The cable between a device and its hub, which a replay can pull out: what is sent then goes nowhere, nothing comes, and nobody
 * is told, as when a tablet is carried out of the Wi-Fi. Connections that were open are dead from then on.
 */
import { CLOSE } from '../../../protocol/close-codes.js';
import type { ClientSocket, OpenSocket, SocketEvents } from '../../../client/index.js';

interface Wire {
  /** null: it was opened while the cable was out, and leads nowhere. */
  socket: ClientSocket | null;
  dead: boolean;
}

const ABNORMAL = 1006;

export class Cable {
  readonly #wires = new Set<Wire>();
  #out = false;

  /** Sockets that go through this cable. */
  through(open: OpenSocket): OpenSocket {
    return (url, encoding, events) => {
      const wire: Wire = { socket: null, dead: this.#out };
      if (!this.#out) {
        this.#wires.add(wire);
        wire.socket = open(url, encoding, this.#heard(wire, events));
      }
      return {
        send: (bytes) => {
          if (!wire.dead) wire.socket?.send(bytes);
        },
        close: (code, reason) => {
          if (wire.dead) events.closed(ABNORMAL, reason);
          else wire.socket?.close(code, reason);
        },
      };
    };
  }

  pullOut(): void {
    this.#out = true;
    for (const wire of this.#wires) wire.dead = true;
  }

  /** New connections get through; the hub sees the end of the dead ones. */
  plugIn(): void {
    this.#out = false;
    for (const wire of [...this.#wires]) {
      if (!wire.dead) continue;
      this.#wires.delete(wire);
      wire.socket?.close(CLOSE.done, 'the cable was out');
    }
  }

  /** What the device hears, as long as the cable is in. */
  #heard(wire: Wire, events: SocketEvents): SocketEvents {
    return {
      opened: () => {
        if (!wire.dead) events.opened();
      },
      message: (bytes) => {
        if (!wire.dead) events.message(bytes);
      },
      closed: (code, reason) => {
        this.#wires.delete(wire);
        if (!wire.dead) events.closed(code, reason);
      },
    };
  }
}
