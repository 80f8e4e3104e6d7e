/** Screens that stop reading when they are told to, and what they see when they read on. All of them decode and check. */
import { decode, encode } from '#dist/protocol/codec.js';
import type { ClientMessage, HubMessage, ViewName } from '#dist/protocol/messages.js';
import { monotonicNow } from '../measure/now.js';
import { canonical, ChannelCopy } from './channel-copy.js';
import { RawSocket } from './raw-socket.js';

export interface SlowScreensOptions {
  readonly port: number;
  readonly tokens: readonly string[];
  readonly view: ViewName;
}

/** What one screen saw since it stopped reading. */
export interface Seen {
  /** `notice lagging`. */
  readonly notices: number;
  readonly catchUps: number;
  readonly snapshots: number;
  readonly catchUpBytes: number;
  readonly bytes: number;
  /** The connection has ended. */
  readonly closed: boolean;
  /** From reading on until it held what a newcomer is given; null: it never did. */
  readonly equalAfterMs: number | null;
}

class SlowScreen {
  readonly #options: SlowScreensOptions;
  readonly #token: string;
  readonly copy = new ChannelCopy(true, () => {});
  readonly #unexpected: string[] = [];
  #socket: RawSocket | null = null;
  #ready = (): void => {};
  #bytesBefore = 0;
  notices = 0;
  catchUps = 0;
  snapshots = 0;
  catchUpBytes = 0;
  closed = false;

  constructor(options: SlowScreensOptions, token: string) {
    this.#options = options;
    this.#token = token;
  }

  get faults(): readonly string[] {
    return [...this.copy.faults, ...this.#unexpected];
  }

  get bytes(): number {
    return (this.#socket?.bytesReceived ?? 0) - this.#bytesBefore;
  }

  async open(): Promise<void> {
    const live = new Promise<void>((resolve) => {
      this.#ready = resolve;
    });
    this.#socket = await RawSocket.open({
      port: this.#options.port,
      onMessage: (payload) => {
        this.#take(decode(payload, 'msgpack') as HubMessage, payload);
      },
      onClose: () => {
        this.closed = true;
      },
    });
    this.#say({ type: 'hello', id: 'hello', token: this.#token });
    const { view } = this.#options;
    this.#say({ type: 'subscribe', id: 'subscribe', view, branchId: 'main' });
    await live;
  }

  stopReading(): void {
    this.#socket?.stopReading();
    this.#bytesBefore = this.#socket?.bytesReceived ?? 0;
    this.notices = 0;
    this.catchUps = 0;
    this.snapshots = 0;
    this.catchUpBytes = 0;
  }

  readOn(): void {
    this.#socket?.readOn();
  }

  close(): void {
    this.#socket?.destroy();
  }

  #say(message: ClientMessage): void {
    this.#socket?.send(encode(message, 'msgpack'));
  }

  #take(message: HubMessage, payload: Buffer): void {
    switch (message.type) {
      case 'delta':
        this.copy.delta(payload);
        break;
      case 'snapshot':
      case 'snapshot:delta':
        this.copy.catchUp(message);
        if (message.type === 'snapshot') this.snapshots += 1;
        else this.catchUps += 1;
        this.catchUpBytes += payload.length;
        this.#ready();
        break;
      case 'heartbeat':
        this.#say({ type: 'heartbeat', versions: message.versions });
        break;
      case 'notice':
        if (message.code === 'lagging') this.notices += 1;
        else this.copy.wrong(`got ${JSON.stringify(message)}`);
        break;
      case 'welcome':
        break;
      case 'ack':
      case 'error':
      case 'pong':
      case 'result':
        this.copy.wrong(`got ${JSON.stringify(message)}`);
    }
  }
}

const LOOK_AGAIN_MS = 5;

export class SlowScreens {
  readonly #options: SlowScreensOptions;
  #screens: SlowScreen[] = [];

  constructor(options: SlowScreensOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    this.#screens = this.#options.tokens.map((token) => new SlowScreen(this.#options, token));
    for (const screen of this.#screens) await screen.open();
  }

  stopReading(): void {
    for (const screen of this.#screens) screen.stopReading();
  }

  /**
   * They read on, while nobody gives commands any more, until they hold what a newcomer is given, have been closed, or `waitMs`
   * is over. Rejects where one was told something that does not fit.
   */
  async readOn(waitMs: number): Promise<readonly Seen[]> {
    const [token = ''] = this.#options.tokens;
    const fresh = new SlowScreen(this.#options, token);
    await fresh.open();
    fresh.close();
    const startedAt = monotonicNow();
    const equalAfter = new Map<SlowScreen, number>();
    for (const screen of this.#screens) screen.readOn();
    const version = fresh.copy.replica?.version ?? 0;
    while (monotonicNow() < startedAt + waitMs) {
      for (const screen of this.#screens) {
        if (equalAfter.has(screen) || (screen.copy.replica?.version ?? -1) < version) continue;
        equalAfter.set(screen, monotonicNow() - startedAt);
      }
      if (this.#screens.every((screen) => screen.closed || equalAfter.has(screen))) break;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
    this.#check(fresh, equalAfter);
    return this.#screens.map((screen) => {
      const { notices, catchUps, snapshots, catchUpBytes, bytes, closed } = screen;
      const equalAfterMs = equalAfter.get(screen) ?? null;
      return { notices, catchUps, snapshots, catchUpBytes, bytes, closed, equalAfterMs };
    });
  }

  #check(fresh: SlowScreen, equal: ReadonlyMap<SlowScreen, unknown>): void {
    const expected = canonical(fresh.copy.replica);
    for (const screen of this.#screens) {
      const [fault] = screen.faults;
      if (fault !== undefined) throw new Error(`a slow screen: ${fault}`);
      if (equal.has(screen) && canonical(screen.copy.replica) !== expected) {
        throw new Error('a slow screen holds something else than a newcomer is given');
      }
    }
  }
}
