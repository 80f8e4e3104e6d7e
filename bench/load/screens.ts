/**
 * Subscribers of a hub, many in one process. Most only count what they are sent; the first few decode it, hold their copy of the
 * channel by the rule of deltas, and compare it at the end with a fresh snapshot.
 */
import type { Replica } from '#dist/protocol/apply.js';
import { decode, encode } from '#dist/protocol/codec.js';
import type { ClientMessage, HubMessage, ViewName } from '#dist/protocol/messages.js';
import { canonical, ChannelCopy } from './channel-copy.js';
import { LastArrivals, type Arrival } from './last-arrivals.js';
import { DELTA, firstLetterOfType, HEARTBEAT } from './peek.js';
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
  readonly lastArrivals: readonly Arrival[];
  /** What the checking screens found wrong; empty: nothing. */
  readonly faults: readonly string[];
}

class Screen {
  readonly #options: ScreensOptions;
  readonly #token: string;
  readonly #copy: ChannelCopy;
  #socket: RawSocket | null = null;
  #ready: (() => void) | null = null;

  constructor(
    options: ScreensOptions,
    index: number,
    arrived: (payload: Buffer, nth: number) => void,
  ) {
    this.#options = options;
    this.#token = options.tokens[index] ?? '';
    this.#copy = new ChannelCopy(index < options.checking, arrived);
  }

  get deltas(): number {
    return this.#copy.deltas;
  }

  get faults(): readonly string[] {
    return this.#copy.faults;
  }

  get replica(): Replica | null {
    return this.#copy.replica;
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
        this.#copy.delta(payload);
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
      this.#copy.catchUp(message);
      this.#ready?.();
      this.#ready = null;
    } else if (message.type !== 'welcome' && !isResync(message)) {
      this.#copy.wrong(`got ${JSON.stringify(message)}`);
    }
  }
}

export class Screens {
  readonly #options: ScreensOptions;
  readonly #screens: readonly Screen[];
  readonly #arrivals = new LastArrivals();

  constructor(options: ScreensOptions) {
    this.#options = options;
    const arrived = options.timed
      ? (payload: Buffer, nth: number) => {
          this.#arrivals.note(payload, nth);
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
      lastArrivals: this.#arrivals.all(),
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
}

/** A shift has ended: a new snapshot is on its way. */
function isResync(message: HubMessage): boolean {
  return message.type === 'notice' && message.code === 'resync';
}
