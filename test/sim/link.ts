/**
 * One connection between a device and the hub, from the opening of the socket to the last word of its end. Each side learns of
 * the end by itself, at once, late or never; and either direction may fall silent while both sides think it stands.
 */
import type { ClientSocket, SocketEvents } from '../../src/client/connection/socket.js';
import type { Connection, ConnectionEvents, Frame } from '../../src/hub/connection.js';
import type { CloseCode } from '../../src/protocol/close-codes.js';
import { decode, encode } from '../../src/protocol/codec.js';
import type { ClientMessage, Encoding, HubMessage } from '../../src/protocol/messages.js';
import { Lane } from './lane.js';
import type { Outlet } from './outlet.js';
import type { VirtualTime } from './virtual-time.js';

/** What a connection that broke counts as. */
const ABNORMAL = 1006;

/** The network as its links need it. */
export interface Carrier {
  readonly time: VirtualTime;
  latencyMs(outlet: Outlet): number;
  /** How late the end of a closing handshake comes. */
  lateMs(): number;
  copies(type: string): Copies;
  read(frame: Frame, encoding: Encoding): { readonly said: HubMessage; readonly bytes: Uint8Array };
  changedUp(message: ClientMessage, link: Link): ClientMessage | null;
  changedDown(message: HubMessage, link: Link): HubMessage | null;
  arrivedUp(link: Link, message: ClientMessage, bytes: Uint8Array): void;
  wrote(link: Link, message: HubMessage): void;
  arrivedDown(link: Link, message: HubMessage, bytes: Uint8Array): void;
  ended(link: Link): void;
}

export interface LinkOptions {
  readonly network: Carrier;
  readonly outlet: Outlet;
  readonly encoding: Encoding;
  readonly id: string;
}

/** How often each message of a direction arrives. */
export interface Copies {
  /** 0: lost, 1: as it should, 2: twice. */
  readonly times: 0 | 1 | 2;
  /** How much later the second one comes; 0: right after the first, before anything else. */
  readonly laterMs: number;
}

export class Link implements Connection {
  readonly id: string;
  readonly encoding: Encoding;
  readonly remoteAddress = '10.0.0.1';
  readonly outlet: Outlet;
  /** The client's side; the link itself is the hub's. */
  readonly socket: ClientSocket = {
    send: (bytes) => {
      this.#sendUp(bytes);
    },
    close: (code) => {
      this.#closedByClient(code);
    },
  };
  readonly #network: Carrier;
  readonly #up: Lane;
  readonly #down: Lane;
  /** null: it was told the end, or is no more. */
  #client: SocketEvents | null;
  /** null: not accepted yet, told the end, or no more. */
  #hub: ConnectionEvents | null = null;
  #opened = false;
  #closing = false;

  constructor({ network, outlet, encoding, id }: LinkOptions, events: SocketEvents) {
    this.id = id;
    this.encoding = encoding;
    this.outlet = outlet;
    this.#network = network;
    this.#client = events;
    const latencyMs = (): number => network.latencyMs(outlet);
    this.#up = new Lane({ time: network.time, latencyMs });
    this.#down = new Lane({ time: network.time, latencyMs });
  }

  /** Nobody is left who could be told anything. */
  get isOver(): boolean {
    return this.#client === null && this.#hub === null;
  }

  get bufferedBytes(): number {
    return this.#down.heldBytes;
  }

  /** The upgrade has come to the hub; null: there is none. */
  accepted(hub: ConnectionEvents | null): void {
    if (hub === null) {
      this.#down.send(0, () => {
        this.#tellClient(ABNORMAL);
      });
      return;
    }
    this.#hub = hub;
    this.#down.send(0, () => {
      this.#opened = true;
      this.#client?.opened();
    });
  }

  /** Asks for the upgrade, by the same way as everything after it. */
  open(accept: () => void): void {
    this.#up.send(0, accept);
  }

  /** The hub closes. */
  close(code: CloseCode): void {
    this.#down.send(0, () => {
      this.#tellClient(code);
    });
    this.#network.time.after(0, () => {
      this.#tellHub(code);
    });
  }

  /** The hub writes. */
  write(frames: readonly Frame[]): void {
    if (this.#hub === null) return;
    for (const frame of frames) {
      const { said, bytes: written } = this.#network.read(frame, this.encoding);
      this.#network.wrote(this, said);
      const message = this.#network.changedDown(said, this);
      if (message === null) continue;
      const bytes = message === said ? written : encode(message, this.encoding);
      this.#carry(this.#down, message.type, bytes, () => {
        if (this.#client === null) return;
        this.#network.arrivedDown(this, message, bytes);
        this.#client.message(bytes.slice());
      });
    }
  }

  ping(): void {
    this.#down.send(0, () => {
      if (this.#client === null) return;
      this.#up.send(0, () => {
        this.#hub?.alive();
      });
    });
  }

  terminate(): void {
    this.breaks({ clientMs: 0, hubMs: 0 });
  }

  /** The connection breaks: all under way is lost. Each side is told after its time; null: never. */
  breaks(told: { readonly clientMs: number | null; readonly hubMs: number | null }): void {
    this.#up.vanish();
    this.#down.vanish();
    const { time } = this.#network;
    if (told.clientMs !== null) {
      time.after(told.clientMs, () => {
        this.#tellClient(ABNORMAL);
      });
    }
    if (told.hubMs !== null) {
      time.after(told.hubMs, () => {
        this.#tellHub(ABNORMAL);
      });
    }
  }

  /** From now on what is sent in the direction vanishes, and nobody is told. */
  silence(direction: 'up' | 'down' | 'both'): void {
    if (direction !== 'down') this.#up.vanish();
    if (direction !== 'up') this.#down.vanish();
  }

  /** Nothing arrives for a while; afterwards everything, in order. */
  holds(): void {
    this.#up.hold();
    this.#down.hold();
  }

  releases(): void {
    this.#up.release();
    this.#down.release();
    this.#hub?.drained();
  }

  /** The client's program is no more: nothing can be told to it. */
  abandonedByClient(): void {
    this.#client = null;
    this.#network.ended(this);
  }

  /** The hub's process is no more. */
  abandonedByHub(): void {
    this.#hub = null;
    this.#network.ended(this);
  }

  #sendUp(bytes: Uint8Array): void {
    if (!this.#opened || this.#closing || this.#client === null) return;
    const said = decode(bytes, this.encoding) as ClientMessage;
    const message = this.#network.changedUp(said, this);
    if (message === null) return;
    // The client may send the same bytes again.
    const copy = message === said ? bytes.slice() : encode(message, this.encoding);
    this.#carry(this.#up, message.type, copy, () => {
      if (this.#hub === null) return;
      this.#network.arrivedUp(this, message, copy);
      this.#hub.message(copy);
    });
  }

  #carry(lane: Lane, type: string, bytes: Uint8Array, arrive: () => void): void {
    const { times, laterMs } = this.#network.copies(type);
    for (let copy = 0; copy < times; copy += 1) {
      if (copy === 0 || laterMs === 0) lane.send(bytes.length, arrive);
      else {
        this.#network.time.after(laterMs, () => {
          lane.send(bytes.length, arrive);
        });
      }
    }
  }

  #closedByClient(code: number): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#up.send(0, () => {
      this.#tellHub(code);
    });
    // The end of the closing handshake may come late, when a newer socket has long taken over.
    this.#network.time.after(this.#network.lateMs(), () => {
      this.#tellClient(code);
    });
  }

  #tellClient(code: number): void {
    const client = this.#client;
    this.#client = null;
    this.#network.ended(this);
    client?.closed(code, '');
  }

  #tellHub(code: number): void {
    const hub = this.#hub;
    this.#hub = null;
    this.#network.ended(this);
    hub?.closed(code);
  }
}
