/**
 * Subscribers of one side of the fan-out comparison: all count, the first one also checks what it gets, by the rule of deltas where
 * the server is a hub, else against the message before.
 */
import { decode, encode } from '#dist/protocol/codec.js';
import type { ClientMessage, DeltaMessage, HubMessage } from '#dist/protocol/messages.js';
import { SEVERAL, type Side } from '../fanout/broadcaster.js';
import { station } from '../fanout/stations.js';
import { monotonicNow } from '../measure/now.js';
import { ChannelCopy } from './channel-copy.js';
import { DELTA, firstLetterOfType } from './peek.js';
import { RawSocket } from './raw-socket.js';

export interface FanOptions {
  readonly side: Side;
  readonly port: number;
  readonly count: number;
  /** For a hub, one each. */
  readonly tokens: readonly string[];
}

export interface FanReport {
  /** Monotonic milliseconds at which the last subscriber had the last message. */
  readonly reachedAt: number;
  readonly messages: number;
  readonly bytes: number;
  /** Rows told to the checking subscriber. */
  readonly checkedChanges: number;
}

const ENGINE_PATH = '/socket.io/?EIO=4&transport=websocket';

/** Speaks as much of a side's protocol as it takes to be sent its messages. */
interface Dialect {
  readonly path?: string;
  readonly subprotocol?: null;
  /** Whether this is one of the messages that are counted; else it may be answered. */
  counts(payload: Buffer, subscriber: Subscriber): boolean;
  /** Rows in a counted message; throws where it is wrong. */
  check(payload: Buffer): number;
  greet?(subscriber: Subscriber): void;
}

class Subscriber {
  readonly live: Promise<void>;
  #becomeLive = (): void => {};
  #socket: RawSocket | null = null;
  received = 0;
  checkedChanges = 0;

  constructor() {
    this.live = new Promise((resolve) => {
      this.#becomeLive = resolve;
    });
  }

  get bytes(): number {
    return this.#socket?.bytesReceived ?? 0;
  }

  async open(port: number, how: { dialect: Dialect; checks: boolean; counted: () => void }) {
    const { dialect, checks, counted } = how;
    const { path, subprotocol } = dialect;
    this.#socket = await RawSocket.open({
      port,
      ...(path !== undefined && { path }),
      ...(subprotocol !== undefined && { subprotocol }),
      onMessage: (payload) => {
        if (!dialect.counts(payload, this)) return;
        this.received += 1;
        if (checks) this.checkedChanges += dialect.check(payload);
        counted();
      },
    });
    if (dialect.greet === undefined) this.#becomeLive();
    else dialect.greet(this);
    await this.live;
  }

  isLive(): void {
    this.#becomeLive();
  }

  say(message: ClientMessage | string): void {
    if (typeof message === 'string') this.#socket?.send(Buffer.from(message), 'text');
    else this.#socket?.send(encode(message, 'msgpack'));
  }
}

/** Every message must be the one before it. */
function sameAgain(): Dialect['check'] {
  let first: Buffer | null = null;
  return (payload) => {
    first ??= Buffer.from(payload);
    if (!first.equals(payload)) throw new Error(`got ${payload.toString('latin1')}`);
    return 1;
  };
}

function plainDialect(): Dialect {
  return { subprotocol: null, counts: () => true, check: sameAgain() };
}

/** Asks to connect without waiting for Engine.IO's open packet; the answer makes the subscriber live. */
function socketIoDialect(): Dialect {
  return {
    path: ENGINE_PATH,
    subprotocol: null,
    greet(subscriber) {
      subscriber.say('40');
    },
    counts(payload, subscriber) {
      const type = payload.toString('latin1', 0, 2);
      if (type === '42') return true;
      if (type.startsWith('2')) subscriber.say('3');
      else if (type === '40') subscriber.isLive();
      return false;
    },
    check: sameAgain(),
  };
}

function hubDialect(token: string): Dialect {
  const copies = new Map<string, ChannelCopy>();
  let snapshots = 0;
  return {
    greet(subscriber) {
      subscriber.say({ type: 'hello', id: 'hello', token });
      for (let at = 0; at < SEVERAL; at += 1) {
        const of = { view: 'kitchen', branchId: 'main', station: station(at) } as const;
        subscriber.say({ type: 'subscribe', id: String(at), ...of });
      }
    },
    counts(payload, subscriber) {
      if (firstLetterOfType(payload) === DELTA) return true;
      const message = decode(payload, 'msgpack') as HubMessage;
      if (message.type === 'snapshot') {
        const copy = new ChannelCopy(true, () => {});
        copy.catchUp(message);
        copies.set(message.channel, copy);
        snapshots += 1;
        if (snapshots === SEVERAL) subscriber.isLive();
      } else if (message.type !== 'welcome') {
        throw new Error(`got ${JSON.stringify(message)}`);
      }
      return false;
    },
    check(payload) {
      const { channel, changes } = decode(payload, 'msgpack') as DeltaMessage;
      const copy = copies.get(channel);
      copy?.delta(payload);
      const [fault] = copy?.faults ?? [`a delta of ${channel}`];
      if (fault !== undefined) throw new Error(fault);
      return changes['order_line']?.updated?.length ?? 0;
    },
  };
}

function dialectOf(side: Side, token: string): Dialect {
  if (side === 'the hub') return hubDialect(token);
  return side === 'Socket.IO room' ? socketIoDialect() : plainDialect();
}

export class FanSubscribers {
  readonly #subscribers: Subscriber[] = [];
  #messages = 0;
  #awaited: { readonly messages: number; readonly reached: () => void } | null = null;

  async open({ side, port, count, tokens }: FanOptions): Promise<void> {
    const counted = (): void => {
      this.#messages += 1;
      if (this.#messages === this.#awaited?.messages) this.#awaited.reached();
    };
    for (let nth = 0; nth < count; nth += 1) {
      const subscriber = new Subscriber();
      this.#subscribers.push(subscriber);
      const dialect = dialectOf(side, tokens[nth] ?? '');
      await subscriber.open(port, { dialect, checks: nth === 0, counted });
    }
  }

  /** Resolves when every subscriber has that many since it began; rejects where one has more. */
  async reached(each: number): Promise<FanReport> {
    const messages = each * this.#subscribers.length;
    if (this.#messages < messages) {
      await new Promise<void>((resolve) => {
        this.#awaited = { messages, reached: resolve };
      });
    }
    const reachedAt = monotonicNow();
    const wrong = this.#subscribers.find(({ received }) => received !== each);
    if (wrong !== undefined) {
      throw new Error(`a subscriber got ${String(wrong.received)} of ${String(each)} messages`);
    }
    return {
      reachedAt,
      messages,
      bytes: this.#subscribers.reduce((sum, { bytes }) => sum + bytes, 0),
      checkedChanges: this.#subscribers[0]?.checkedChanges ?? 0,
    };
  }
}
