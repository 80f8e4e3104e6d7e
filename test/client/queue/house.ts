/** Tills of the client library against a hub in this process: lines that can be cut, storages that can stop, time by hand. */
import { SettableClock } from '../../../src/base/clock.js';
import type { Role } from '../../../src/domain/rows.js';
import {
  connectClient,
  offlineQueue,
  type Client,
  type ClientOptions,
} from '../../../src/client/index.js';
import type { SocketEvents } from '../../../src/client/connection/socket.js';
import { MemoryDisk, memoryStorage } from '../../../src/client/storage/memory.js';
import type { Leadership } from '../../../src/client/queue/leadership.js';
import type { ClientStorage } from '../../../src/client/storage/storage.js';
import { encode } from '../../../src/protocol/codec.js';
import type { HubMessage } from '../../../src/protocol/messages.js';
import { FakeConnection } from '../../support/fake-connection.js';
import { EVENING, TestHub, type TestHubOptions } from '../../support/hub.js';
import type { HubClient } from '../../support/hub-client.js';
import { ManualTimers } from '../../support/manual-timers.js';

/** A cable between tills and the hub. */
export class Cable {
  readonly #hub: TestHub;
  readonly #live = new Set<{ cut(): void }>();
  #plugged = true;
  /** Whether the hub's message reaches the till; for lost answers. */
  delivers: (message: HubMessage) => boolean = () => true;

  constructor(hub: TestHub) {
    this.#hub = hub;
  }

  readonly socket: NonNullable<ClientOptions['socket']> = (_url, encoding, events) => {
    if (!this.#plugged) {
      queueMicrotask(() => {
        events.closed(1006, '');
      });
      return { send: () => undefined, close: () => undefined };
    }
    return this.#connect(encoding, events);
  };

  unplug(): void {
    this.#plugged = false;
    for (const line of this.#live) line.cut();
  }

  plug(): void {
    this.#plugged = true;
  }

  #connect(
    encoding: 'msgpack' | 'json',
    events: SocketEvents,
  ): ReturnType<NonNullable<ClientOptions['socket']>> {
    let open = true;
    const connection = new FakeConnection(encoding, (message) => {
      if (open && this.delivers(message)) events.message(encode(message, encoding));
    });
    const hubEvents = this.#hub.hub.accept(connection);
    const line = {
      cut: (): void => {
        if (!open) return;
        open = false;
        this.#live.delete(line);
        hubEvents.closed(1006);
        events.closed(1006, '');
      },
    };
    this.#live.add(line);
    queueMicrotask(() => {
      if (open) events.opened();
    });
    return {
      send: (bytes) => {
        if (open) hubEvents.message(bytes);
      },
      close: () => {
        if (!open) return;
        open = false;
        this.#live.delete(line);
        hubEvents.closed(1000);
      },
    };
  }
}

export interface Till {
  readonly client: Client;
  readonly cable: Cable;
  readonly timers: ManualTimers;
}

export interface TillOptions extends Partial<ClientOptions> {
  readonly role?: Role;
  readonly deviceId?: string;
  readonly disk?: MemoryDisk;
  readonly cable?: Cable;
}

export class House {
  readonly hub: TestHub;
  /** A plain client of the hub, to look at its rows. */
  readonly watcher: HubClient;
  readonly #tills: Till[] = [];

  private constructor(hub: TestHub, watcher: HubClient) {
    this.hub = hub;
    this.watcher = watcher;
  }

  static async open({
    shift = true,
    ...options
  }: TestHubOptions & { readonly shift?: boolean } = {}): Promise<House> {
    const hub = await TestHub.open(options);
    const watcher = await hub.client({ role: 'manager' });
    const house = new House(hub, watcher);
    if (shift) await house.openShift();
    for (const view of ['orders', 'shift', 'devices'] as const) await watcher.subscribe(view);
    return house;
  }

  async openShift(): Promise<void> {
    await this.watcher.command('shift.open', { opening_float: 10_000 });
  }

  /** Its key and version are those that the watcher holds. */
  async closeShift(): Promise<void> {
    const [shift] = this.watcher.rows('main/shift', 'pos_shift');
    if (shift === undefined) throw new Error('no shift is open');
    const reply = await this.watcher.command(
      'shift.close',
      { shift_id: shift.id, counted_cash: 10_000, carry_over: true },
      { expect: { pos_shift: { [shift.id]: shift.version } } },
    );
    if (reply.type === 'error') throw new Error(reply.message);
    await this.settle();
  }

  till({ role = 'cashier', deviceId = 'till-1', disk, cable, ...more }: TillOptions = {}): Till {
    const line = cable ?? new Cable(this.hub);
    const timers = new ManualTimers();
    const client = connectClient({
      url: 'ws://hub/ws',
      token: this.hub.token({ role, deviceId, name: role }),
      timers,
      clock: new SettableClock(EVENING - 3_000),
      random: () => 0.5,
      socket: line.socket,
      storage: memoryStorage(disk ?? new MemoryDisk()),
      offline: offlineQueue,
      ...more,
    });
    const till = { client, cable: line, timers };
    this.#tills.push(till);
    return till;
  }

  /** Follows what a till follows, and waits for it. */
  async follow({ client }: Till): Promise<void> {
    for (const view of ['orders', 'menu', 'shift']) client.subscribe(`main/${view}`);
    await this.settle();
  }

  async settle(): Promise<void> {
    await this.hub.settle();
    await this.hub.settle();
  }

  /** Lets so much time pass for the tills, in steps of half a second. */
  async pass(milliseconds: number): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += 500) {
      for (const { timers } of this.#tills) timers.advance(500);
      this.hub.timers.advance(500);
      this.watcher.sendHeartbeat();
      await this.settle();
    }
  }

  /** Lets time pass until that has happened, but no more than so much; true: it has. */
  async passUntil(happened: Promise<unknown>, milliseconds: number): Promise<boolean> {
    const seen = { happened: false };
    void happened.then(() => (seen.happened = true));
    for (let passed = 0; passed < milliseconds && !seen.happened; passed += 500) {
      await this.pass(500);
    }
    return seen.happened;
  }

  async close(): Promise<void> {
    for (const { client } of this.#tills) client.close();
    await this.hub.close();
  }
}

/** Stands in for a power cut: after so many writes nothing more reaches the disk, and nobody is told. */
export function stoppingStorage(storage: ClientStorage, writes: number): ClientStorage {
  let left = writes;
  const write = <Value>(run: () => Promise<Value>): Promise<Value> => {
    left -= 1;
    return left < 0 ? new Promise(() => undefined) : run();
  };
  return {
    sharedAs: storage.sharedAs,
    entries: (space) => storage.entries(space),
    append: (space, value) => write(() => storage.append(space, value)),
    update: (space, key, change) => write(() => storage.update(space, key, change)),
    write: (space, changes) => write(() => storage.write(space, changes)),
    onForeignWrite: (space, listener) => storage.onForeignWrite(space, listener),
    close: () => storage.close(),
  };
}

/** Whoever asks first leads; `leads` holds each one's way to it, in the order in which they asked. */
export function firstLeads(): { readonly leads: (() => void)[]; readonly leadership: Leadership } {
  const leads: (() => void)[] = [];
  const leadership: Leadership = (_name, lead) => {
    leads.push(lead);
    if (leads.length === 1) lead();
    return () => undefined;
  };
  return { leads, leadership };
}
