/**
 * One program at a device: a client with its sockets, timers and clock. It may be thrown away at any moment without warning;
 * what it was told until then is remembered for the judges.
 */
import {
  ClientEnded,
  CommandRefused,
  connectClient,
  memoryStorage,
  offlineQueue,
  type Client,
  type ClientStorage,
  type MemoryDisk,
  type Queue,
  type QueueableName,
  type Replica,
} from '../../src/client/index.js';
import { QUEUEABLE } from '../../src/client/prediction/queueable.js';
import type { CommandAnswer } from '../../src/client/index.js';
import type { CommandName } from '../../src/domain/registry.js';
import { uuidV7Source } from '../../src/base/ids.js';
import { channelName } from '../../src/protocol/channels.js';
import type { ViewName, ViewRow } from '../../src/protocol/messages.js';
import type { Actor, Wanted } from '../support/random-traffic/moves.js';
import type { Random } from '../support/random-traffic/random.js';
import { BRANCH, diceBytes, type SimToken } from './house.js';
import { EventFold } from './event-fold.js';
import type { Network } from './network.js';
import { Outlet } from './outlet.js';
import type { Person } from './people.js';
import type { Plant } from './plant.js';
import { FAIR } from './weather.js';
import { Program, type VirtualTime, type WallClock } from './virtual-time.js';

/** What somebody asked of their client, and what it told them. */
export interface Asked {
  readonly wanted: Wanted;
  readonly key: string;
  /** `queued`: its client said that it is on the disk. `dropped`: a person took it out. */
  way: 'online' | 'queueing' | 'queued' | 'dropped';
  /** `ended`: the client came to its end before. null: nothing was told. */
  outcome: { readonly acked: CommandAnswer } | { readonly refused: string } | 'ended' | null;
}

export interface TabParts {
  readonly person: Person;
  readonly who: string;
  readonly time: VirtualTime;
  /** The device's, which may be wrong. */
  readonly clock: WallClock;
  /** The hub's: tokens are given by it. */
  readonly hubClock: WallClock;
  readonly dice: Random;
  readonly network: Network;
  readonly plant: Plant;
  /** The device's; null: its programs keep nothing. */
  readonly disk: MemoryDisk | null;
}

export class Tab implements Actor {
  readonly post: Actor['post'];
  readonly who: string;
  readonly person: Person;
  readonly outlet: Outlet;
  readonly program: Program;
  readonly client: Client;
  readonly replicas: ReadonlyMap<string, Replica>;
  /** Keys of entries that a person took out. */
  readonly dropped = new Set<string>();
  readonly folds: ReadonlyMap<string, EventFold>;
  readonly asked: Asked[] = [];
  readonly #parts: TabParts;
  readonly #storage: ClientStorage | null;
  #wake: () => void = () => undefined;

  constructor(parts: TabParts) {
    const { person, who, time, dice, network, plant, clock } = parts;
    this.#parts = parts;
    this.#storage = parts.disk === null ? null : memoryStorage(parts.disk);
    this.who = who;
    this.person = person;
    this.post = { role: person.role, branchId: BRANCH };
    this.outlet = new Outlet({
      who,
      role: person.role,
      deviceId: `${person.name}-device`,
      baseLatencyMs: 1 + dice.next() * 10,
      heardAt: time.now,
    });
    this.program = new Program(time);
    const options = {
      url: 'ws://hub/ws',
      token: () => this.#token(),
      encoding: person.encoding,
      clientName: who,
      socket: network.opener(this.outlet),
      timers: this.program,
      wake: (look: () => void) => {
        this.#wake = look;
        return () => undefined;
      },
      clock,
      random: dice.next,
      newId: uuidV7Source(clock, diceBytes(dice)),
      ...(this.#storage !== null && { storage: this.#storage, offline: offlineQueue }),
    };
    this.client = connectClient(plant.client === undefined ? options : plant.client(options));
    this.replicas = new Map(
      person.views.map((followed) => {
        const channel = channelName({ branchId: BRANCH, ...followed });
        const replica = this.client.subscribe(channel);
        return [channel, replica];
      }),
    );
    this.folds = new Map(
      Array.from(this.replicas, ([channel, replica]) => [channel, new EventFold(replica)]),
    );
  }

  get acks(): Actor['acks'] {
    return this.asked.flatMap(({ outcome }) =>
      outcome !== null && outcome !== 'ended' && 'acked' in outcome
        ? [{ result: outcome.acked.result as unknown as Record<string, unknown> }]
        : [],
    );
  }

  /** What the hub has said. */
  rowsHeld(view: ViewName, table: string): readonly ViewRow[] {
    const channel = this.#channelOf(view);
    return [
      ...(this.replicas
        .get(channel ?? '')
        ?.tables.get(table)
        ?.values() ?? []),
    ];
  }

  /** What the screen shows: with what is queued laid over it. */
  rows(view: ViewName, table: string): readonly ViewRow[] {
    const channel = this.#channelOf(view);
    if (channel === null) return [];
    if (this.#storage === null) return this.rowsHeld(view, table);
    return [...(this.client.optimistic(channel).tables.get(table)?.values() ?? [])];
  }

  /** null: there is no queue. */
  get queue(): Queue | null {
    return this.#storage === null ? null : this.client.queue;
  }

  /** A person looks at what was refused, now and then; false: there was nothing to decide, or no time. */
  decideOnRefused(): boolean {
    const { dice } = this.#parts;
    const entry = dice.pick(this.queue?.refused ?? []);
    if (entry === undefined || !dice.chance(0.3)) return false;
    if (dice.chance(0.4)) this.client.queue.retry(entry.key).catch(() => undefined);
    else {
      this.dropped.add(entry.key);
      this.client.queue.drop(entry.key).catch(() => undefined);
    }
    return true;
  }

  /** Asks the hub, online. */
  ask(wanted: Wanted): void {
    const { dice } = this.#parts;
    const key = `${this.who}-${String(this.asked.length + 1)}-${String(dice.whole(0, 999_999))}`;
    const asked: Asked = { wanted, key, way: 'online', outcome: null };
    this.asked.push(asked);
    if (this.queue !== null && wanted.name in QUEUEABLE && dice.chance(0.75)) {
      this.#enqueue(asked, this.queue);
      return;
    }
    const options = { key, ...(wanted.expect !== undefined && { expect: wanted.expect }) };
    this.client.command(wanted.name as CommandName, wanted.payload as never, options).then(
      (acked) => {
        asked.outcome = { acked };
      },
      (error: unknown) => {
        if (error instanceof CommandRefused) asked.outcome = { refused: error.code };
        if (error instanceof ClientEnded) asked.outcome = 'ended';
      },
    );
  }

  #enqueue(asked: Asked, queue: Queue): void {
    const { wanted, key } = asked;
    asked.way = 'queueing';
    queue.add(wanted.name as QueueableName, wanted.payload as never, { key }).then(
      () => {
        asked.way = 'queued';
      },
      (error: unknown) => {
        // By the rules of the house, on what this device knows.
        if (error instanceof CommandRefused) asked.outcome = { refused: error.code };
      },
    );
  }

  #channelOf(view: ViewName): string | null {
    const followed = this.person.views.find((one) => one.view === view);
    return followed === undefined ? null : channelName({ branchId: BRANCH, ...followed });
  }

  /** The device says that the network is there again. */
  wake(): void {
    if (!this.program.isKilled) this.#wake();
  }

  /** The program is gone in the middle of whatever it did. */
  kill(): void {
    this.program.kill();
    void this.#storage?.close();
    const { network } = this.#parts;
    for (const link of network.of(this.outlet)) link.abandonedByClient();
  }

  async #token(): Promise<string> {
    const { person, dice, hubClock, network } = this.#parts;
    if (dice.chance(network.weather.tokenFailures)) throw new Error('no token today');
    // Short ones end before the judges look: a client that reconnects in that moment is right to be stale.
    const isShort = network.weather !== FAIR && dice.chance(0.5);
    const lifeMs = isShort ? dice.whole(15_000, 45_000) : 600_000;
    const token: SimToken = {
      principal: {
        id: person.name,
        name: person.name,
        role: person.role,
        branch_id: BRANCH,
        device_id: this.outlet.deviceId,
      },
      expiresAt: hubClock.now() + lifeMs,
      nonce: String(dice.whole(0, 1_000_000)),
    };
    return Promise.resolve(JSON.stringify(token));
  }
}
