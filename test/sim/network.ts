/** The network of a restaurant: every connection there is, what it does to messages, and what it has seen. */
import type { OpenSocket } from '../../src/client/connection/socket.js';
import type { ConnectionEvents, Frame } from '../../src/hub/connection.js';
import { decode } from '../../src/protocol/codec.js';
import type { ClientMessage, Encoding, HubMessage } from '../../src/protocol/messages.js';
import type { Random } from '../support/random-traffic/random.js';
import { Link, type Carrier, type Copies } from './link.js';
import type { Outlet } from './outlet.js';
import type { Plant } from './plant.js';
import type { Trace } from './trace.js';
import type { VirtualTime } from './virtual-time.js';
import type { Weather } from './weather.js';

/** Who wants to know what arrives, and what was answered. */
export interface NetworkTap {
  /** Null: there is no hub. */
  accept(link: Link): ConnectionEvents | null;
  /** A message has come to the hub, which has not seen it yet. */
  arrivedUp(link: Link, message: ClientMessage): void;
  /** The hub has written a message; it may never arrive. */
  wrote(link: Link, message: HubMessage): void;
}

export interface NetworkOptions {
  readonly time: VirtualTime;
  readonly dice: Random;
  readonly trace: Trace;
  readonly plant: Plant;
  readonly weather: Weather;
}

interface Read {
  readonly said: HubMessage;
  readonly bytes: Uint8Array;
}

const ONCE: Copies = { times: 1, laterMs: 0 };
/** Messages that may come again much later: their keys and versions tell that they are old. */
const LATE_AGAIN: readonly string[] = ['command', 'delta', 'ack', 'error', 'result'];

export class Network implements Carrier {
  readonly time: VirtualTime;
  readonly links = new Set<Link>();
  weather: Weather;
  readonly #dice: Random;
  readonly #trace: Trace;
  readonly #plant: Plant;
  /** By its first chunk. */
  readonly #read = new WeakMap<Uint8Array, Read>();
  #tap: NetworkTap | null = null;
  #opened = 0;

  constructor({ time, dice, trace, plant, weather }: NetworkOptions) {
    this.time = time;
    this.weather = weather;
    this.#dice = dice;
    this.#trace = trace;
    this.#plant = plant;
  }

  attach(tap: NetworkTap): void {
    this.#tap = tap;
  }

  /** The sockets of one program. */
  opener(outlet: Outlet): OpenSocket {
    return (_url, encoding, events) => {
      this.#opened += 1;
      const id = `${outlet.who}#${String(this.#opened)}`;
      const link = new Link({ network: this, outlet, encoding, id }, events);
      this.links.add(link);
      this.#trace.add(`${id} opens`);
      link.open(() => {
        // Nobody answers where nobody hears.
        if (outlet.isReachable) link.accepted(this.#tap?.accept(link) ?? null);
      });
      return link.socket;
    };
  }

  /** What a frame says; a delta is one frame for everybody, and read once. */
  read(frame: Frame, encoding: Encoding): Read {
    const [first] = frame.chunks;
    const known = first === undefined ? undefined : this.#read.get(first);
    if (known !== undefined && frame.chunks.length === 1) return known;
    const bytes = Buffer.concat(frame.chunks);
    const read: Read = { said: decode(bytes, encoding) as HubMessage, bytes };
    if (first !== undefined) this.#read.set(first, read);
    return read;
  }

  of(outlet: Outlet): readonly Link[] {
    return [...this.links].filter((link) => link.outlet === outlet);
  }

  latencyMs(outlet: Outlet): number {
    return outlet.baseLatencyMs + this.#dice.next() * this.weather.latencyMs;
  }

  lateMs(): number {
    return this.#dice.next() * this.weather.lateEndMs;
  }

  copies(type: string): Copies {
    const { duplicates, lostDeltas } = this.weather;
    if (type === 'delta' && this.#dice.chance(lostDeltas)) return { times: 0, laterMs: 0 };
    if (!this.#dice.chance(duplicates)) return ONCE;
    const isLate = LATE_AGAIN.includes(type) && this.#dice.chance(0.4);
    return { times: 2, laterMs: isLate ? this.#dice.next() * 4_000 : 0 };
  }

  changedUp(message: ClientMessage, link: Link): ClientMessage | null {
    return this.#plant.up === undefined ? message : this.#plant.up(message, link);
  }

  changedDown(message: HubMessage, link: Link): HubMessage | null {
    return this.#plant.down === undefined ? message : this.#plant.down(message, link);
  }

  arrivedUp(link: Link, message: ClientMessage, bytes: Uint8Array): void {
    this.#trace.add(`${link.id} > ${message.type}`, bytes);
    if (message.type === 'subscribe') link.outlet.subscribedAt.push(this.time.now);
    this.#tap?.arrivedUp(link, message);
  }

  wrote(link: Link, message: HubMessage): void {
    this.#tap?.wrote(link, message);
  }

  arrivedDown(link: Link, message: HubMessage, bytes: Uint8Array): void {
    this.#trace.add(`${link.id} < ${message.type}`, bytes);
    link.outlet.heardAt = this.time.now;
  }

  /** Forgets what nobody uses any more. */
  ended(link: Link): void {
    if (link.isOver) this.links.delete(link);
  }
}
