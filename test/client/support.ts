/** A hub by hand: the test sees what the client sends, and says what the hub answers, message by message. */
import { SettableClock } from '../../src/base/clock.js';
import { connectClient, type Client, type ClientOptions } from '../../src/client/index.js';
import type { SocketEvents } from '../../src/client/connection/socket.js';
import type { Role } from '../../src/domain/rows.js';
import { decode, encode } from '../../src/protocol/codec.js';
import type { ClientMessage, Encoding, HubMessage } from '../../src/protocol/messages.js';
import { ManualTimers } from '../support/manual-timers.js';

interface Welcome {
  readonly epoch?: string;
  readonly inFlight?: number;
  readonly sessionId?: string;
  readonly serverTime?: number;
  readonly heartbeatMs?: number;
  readonly role?: Role;
}

/** One connection as the hub sees it. */
export class HandConnection {
  readonly sent: ClientMessage[] = [];
  closedByClient = false;
  readonly #events: SocketEvents;
  readonly #encoding: Encoding;

  constructor(events: SocketEvents, encoding: Encoding) {
    this.#events = events;
    this.#encoding = encoding;
  }

  take(bytes: Uint8Array): void {
    this.sent.push(decode(bytes, this.#encoding) as ClientMessage);
  }

  open(): void {
    this.#events.opened();
  }

  say(message: HubMessage): void {
    this.#events.message(encode(message, this.#encoding));
  }

  cut(code = 1006): void {
    this.#events.closed(code, '');
  }

  /** The last message of the type; fails where there is none. */
  last<T extends ClientMessage['type']>(type: T): Extract<ClientMessage, { type: T }> {
    const found = this.all(type).at(-1);
    if (found === undefined) throw new Error(`no ${type} was sent`);
    return found;
  }

  all<T extends ClientMessage['type']>(type: T): Extract<ClientMessage, { type: T }>[] {
    return this.sent.filter(
      (message): message is Extract<ClientMessage, { type: T }> => message.type === type,
    );
  }

  welcome(more: Welcome = {}): void {
    this.open();
    this.say({
      type: 'welcome',
      id: this.last('hello').id,
      sessionId: more.sessionId ?? 's1',
      epoch: more.epoch ?? 'e1',
      serverTime: more.serverTime ?? 1_000_000,
      heartbeatMs: more.heartbeatMs ?? 5_000,
      durability: 'full',
      principal: {
        id: 'u1',
        name: 'Ana',
        role: more.role ?? 'cashier',
        branch_id: 'main',
        device_id: 'd1',
      },
      limits: {
        message_bytes_max: 65_536,
        subscriptions_max: 32,
        commands_in_flight_max: more.inFlight ?? 256,
        commands_per_minute: 6_000,
      },
    });
  }

  snapshot(version: number, rows: { id: string; version: number }[], epoch = 'e1'): void {
    const subscribe = this.last('subscribe');
    this.say({
      type: 'snapshot',
      id: subscribe.id,
      channel: 'main/kitchen',
      view: 'kitchen',
      branchId: 'main',
      epoch,
      version,
      serverTime: 1_000_000,
      tables: { order_line: rows },
    });
  }

  delta(baseVersion: number, newVersion: number, id: string): void {
    this.say({
      type: 'delta',
      channel: 'main/kitchen',
      baseVersion,
      newVersion,
      changes: { order_line: { inserted: [{ id, version: 1 }] } },
    });
  }

  heartbeat(version: number, serverTime = 1_005_000): void {
    this.say({ type: 'heartbeat', serverTime, versions: { 'main/kitchen': version } });
  }

  /** Answers the last ping. */
  pong(serverTime = 1_005_000): void {
    this.say({ type: 'pong', id: this.last('ping').id, serverTime });
  }

  /** Answers the last `auth`. */
  renewed(): void {
    this.say({ type: 'ack', id: this.last('auth').id });
  }

  /** Bytes that are no message. */
  garble(): void {
    this.#events.message(new Uint8Array([0xc1, 0, 1]));
  }

  ack(key: string, version = 7): void {
    const command = this.all('command').findLast((message) => message.key === key);
    if (command === undefined) throw new Error(`no command with key ${key} was sent`);
    const result = { records: { order_header: { o1: 1 } } };
    this.say({ type: 'ack', id: command.id, key, version, durability: 'full', result });
  }

  refuse(key: string, code: 'overloaded' | 'version_conflict', retryAfterMs?: number): void {
    const command = this.all('command').findLast((message) => message.key === key);
    if (command === undefined) throw new Error(`no command with key ${key} was sent`);
    this.say({
      type: 'error',
      id: command.id,
      key,
      code,
      status: code === 'overloaded' ? 503 : 409,
      message: 'no',
      retryable: code === 'overloaded',
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(code === 'overloaded'
        ? {}
        : { current: { order_line: { l1: { id: 'l1', version: 9 } } } }),
    });
  }
}

export interface Scene {
  readonly client: Client;
  readonly timers: ManualTimers;
  readonly clock: SettableClock;
  /** Every connection that the client opened, oldest first. */
  readonly connections: HandConnection[];
  /** The newest one. */
  connection(): HandConnection;
}

/** A client whose jitter is always the longest, so that waits are known: 500 ms, 1 s, 2 s, ... */
export function scene(options: Partial<ClientOptions> = {}): Scene {
  const timers = new ManualTimers();
  const clock = new SettableClock(900_000);
  const connections: HandConnection[] = [];
  const client = connectClient({
    url: 'ws://hub/ws',
    token: 't1',
    timers,
    clock,
    random: () => 1,
    socket: (_url, encoding, events) => {
      const connection = new HandConnection(events, encoding);
      connections.push(connection);
      return {
        send: (bytes) => {
          connection.take(bytes);
        },
        close: () => {
          connection.closedByClient = true;
        },
      };
    },
    ...options,
  });
  return {
    client,
    timers,
    clock,
    connections,
    connection: () => {
      const connection = connections.at(-1);
      if (connection === undefined) throw new Error('no connection was opened');
      return connection;
    },
  };
}

/** Lets promises that are settled run their course. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}
