/**
 * Subscribers of a hub, many in one process. Most only count what they are sent; the first few decode it, hold their copy of the
 * channel by the rule of deltas, and compare it at the end with a fresh snapshot.
 */
import { applyMessage, type Replica } from '#dist/protocol/apply.js';
import { decode, encode } from '#dist/protocol/codec.js';
import type { ClientMessage, HubMessage, ViewName } from '#dist/protocol/messages.js';
import { monotonicNow } from '../measure/now.js';
import { RawSocket } from './raw-socket.js';

export interface ScreensOptions {
  readonly port: number;
  readonly tokens: readonly string[];
  readonly view: ViewName;
  readonly station?: string;
  readonly branchId?: string;
  /** How many of them decode and check; the others count. */
  readonly checking: number;
  /** Keep when each delta had arrived at the last screen. */
  readonly timed: boolean;
}

export interface ScreensReport {
  readonly screens: number;
  /** Deltas that arrived, of all screens together. */
  readonly deliveries: number;
  readonly bytes: number;
  /** `[newVersion, monotonic milliseconds]` of each delta, at the screen that got it last. */
  readonly lastArrivals: readonly (readonly [number, number])[];
  /** What the checking screens found wrong; empty: nothing. */
  readonly faults: readonly string[];
}

/** Where a message of the hub says what it is: behind the map's head and the key `type`, a string's head and its letters. */
const TYPE_AT = 7;
const DELTA = 'd'.charCodeAt(0);
const HEARTBEAT = 'h'.charCodeAt(0);
const LONG_MAP = 0xde;
const LONG_MAP_EXTRA = 2;

export function firstLetterOfType(payload: Buffer): number {
  const extra = payload[0] === LONG_MAP ? LONG_MAP_EXTRA : 0;
  return payload[TYPE_AT + extra] ?? 0;
}

class Screen {
  readonly #options: ScreensOptions;
  readonly #token: string;
  readonly #checks: boolean;
  readonly #arrived: (payload: Buffer) => void;
  readonly faults: string[] = [];
  deltas = 0;
  replica: Replica | null = null;
  #socket: RawSocket | null = null;
  #ready: (() => void) | null = null;

  constructor(
    options: ScreensOptions,
    index: number,
    arrived: (payload: Buffer, nth: number) => void,
  ) {
    this.#options = options;
    this.#token = options.tokens[index] ?? '';
    this.#checks = index < options.checking;
    this.#arrived = (payload) => {
      arrived(payload, this.deltas);
      this.deltas += 1;
    };
  }

  get bytes(): number {
    return this.#socket?.bytesReceived ?? 0;
  }

  /** Resolves with the first snapshot. */
  async open(): Promise<void> {
    const { port } = this.#options;
    this.#socket = await RawSocket.open({
      port,
      onMessage: (payload) => {
        this.#message(payload);
      },
    });
    const live = new Promise<void>((resolve) => {
      this.#ready = resolve;
    });
    this.#send({ type: 'hello', id: 'hello', token: this.#token });
    this.#subscribe();
    await live;
  }

  close(): void {
    this.#socket?.destroy();
  }

  #subscribe(): void {
    const { view, station, branchId = 'main' } = this.#options;
    this.#send({
      type: 'subscribe',
      id: 'subscribe',
      view,
      branchId,
      ...(station !== undefined && { station }),
    });
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(encode(message, 'msgpack'));
  }

  #message(payload: Buffer): void {
    switch (firstLetterOfType(payload)) {
      case DELTA:
        this.#arrived(payload);
        if (this.#checks) this.#apply(decode(payload, 'msgpack') as HubMessage);
        break;
      case HEARTBEAT: {
        const { versions } = decode(payload, 'msgpack') as { versions: Record<string, number> };
        // It stands behind all that it names, in order: all of that has arrived here.
        this.#send({ type: 'heartbeat', versions });
        break;
      }
      default:
        this.#other(decode(payload, 'msgpack') as HubMessage);
    }
  }

  #other(message: HubMessage): void {
    if (message.type === 'snapshot' || message.type === 'snapshot:delta') {
      if (this.#checks) this.#apply(message);
      this.#ready?.();
      this.#ready = null;
    } else if (message.type !== 'welcome') {
      this.faults.push(`got ${JSON.stringify(message)}`);
    }
  }

  #apply(message: HubMessage): void {
    if (
      message.type !== 'delta' &&
      message.type !== 'snapshot' &&
      message.type !== 'snapshot:delta'
    ) {
      return;
    }
    const applied = applyMessage(this.replica, message);
    if (applied.kind === 'applied') this.replica = applied.replica;
    else if (applied.kind === 'gap') this.faults.push(`gap: ${applied.reason}`);
  }
}

export class Screens {
  readonly #options: ScreensOptions;
  readonly #screens: readonly Screen[];
  /** By the number of the delta since the subscriptions began: its version, and its latest arrival. */
  readonly #versions: number[] = [];
  readonly #arrivals: number[] = [];

  constructor(options: ScreensOptions) {
    this.#options = options;
    const arrived = options.timed
      ? (payload: Buffer, nth: number) => {
          this.#time(payload, nth);
        }
      : () => {};
    this.#screens = options.tokens.map((_, index) => new Screen(options, index, arrived));
  }

  async open(): Promise<void> {
    for (const screen of this.#screens) await screen.open();
  }

  report(): ScreensReport {
    const sum = (of: (screen: Screen) => number): number =>
      this.#screens.reduce((total, screen) => total + of(screen), 0);
    return {
      screens: this.#screens.length,
      deliveries: sum(({ deltas }) => deltas),
      bytes: sum(({ bytes }) => bytes),
      lastArrivals: this.#versions.map((version, nth) => [version, this.#arrivals[nth] ?? 0]),
      faults: this.#screens.flatMap(({ faults }) => faults).slice(0, 10),
    };
  }

  /** Compares what the checking screens hold with what a newcomer is given, once no more is under way. */
  async check(): Promise<readonly string[]> {
    const [token = ''] = this.#options.tokens;
    const fresh = new Screen({ ...this.#options, tokens: [token], checking: 1 }, 0, () => {});
    await fresh.open();
    fresh.close();
    const expected = canonical(fresh.replica);
    return this.#screens
      .filter(({ replica }) => replica !== null && canonical(replica) !== expected)
      .map(({ replica }) => {
        const versions = `${String(replica?.version)} and ${String(fresh.replica?.version)}`;
        return `a screen's copy differs from a fresh snapshot (versions ${versions})`;
      });
  }

  close(): void {
    for (const screen of this.#screens) screen.close();
  }

  /** Every screen of a channel gets the same deltas in the same order, so one of them tells the version for all. */
  #time(payload: Buffer, nth: number): void {
    if (nth >= this.#versions.length) {
      const { newVersion } = decode(payload, 'msgpack') as { newVersion: number };
      this.#versions.push(newVersion);
    }
    this.#arrivals[nth] = monotonicNow();
  }
}

function canonical(replica: Replica | null): string {
  if (replica === null) return '';
  const tables = [...replica.tables].map(([name, rows]) => {
    const sorted = [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return [name, sorted.map((row) => Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))];
  });
  return JSON.stringify([replica.epoch, tables.sort()]);
}
