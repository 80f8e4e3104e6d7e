/** The hub of the simulation: a real one on a memory store, on a disk that takes its time, which may die and start again. */
import { uuidV7Source, type NewId, type RandomBytes } from '../../src/base/ids.js';
import { refuse } from '../../src/base/refusal.js';
import { silentLog } from '../../src/base/log.js';
import type { ConnectionEvents } from '../../src/hub/connection.js';
import type { Hub } from '../../src/hub/hub.js';
import { openHub } from '../../src/hub/open.js';
import type { TokenVerdict } from '../../src/hub/options.js';
import type { ClientMessage, HubMessage, Principal } from '../../src/protocol/messages.js';
import { createMemoryStore } from '../../src/store/memory/memory-store.js';
import type { CommitRequest, Settle } from '../../src/store/port.js';
import { plainFrame } from '../support/fake-connection.js';
import { FaultyStore } from '../support/faulty-store.js';
import { EVENING, seedStore } from '../support/hub.js';
import { Journal, type Sending } from '../support/random-traffic/journal.js';
import { trafficSeed } from '../support/random-traffic/menu.js';
import type { Random } from '../support/random-traffic/random.js';
import type { Link } from './link.js';
import type { NetworkTap } from './network.js';
import type { Plant } from './plant.js';
import type { Trace } from './trace.js';
import { Program, WallClock, type VirtualTime } from './virtual-time.js';

export const BRANCH = 'north';

/** Small, so that a held connection is soon behind. */
const LIMITS = { outboxBytesMax: 20_000, socketBytesMax: 8_000 };

/** What a token says in the simulation: its principal, until when (the hub's time), and what makes it another one. */
export interface SimToken {
  readonly principal: Principal;
  readonly expiresAt: number;
  readonly nonce: string;
}

/** The way to the disk of one hub process: what it has not written when the process dies is lost. */
class SlowDisk extends FaultyStore {
  readonly #process: Program;
  readonly #dice: Random;
  #lastAt = 0;

  constructor(inner: FaultyStore, parts: { readonly process: Program; readonly dice: Random }) {
    super(inner, queueMicrotask);
    this.#process = parts.process;
    this.#dice = parts.dice;
  }

  override commit(request: CommitRequest, settle: Settle): void {
    this.#inTurn(() => {
      super.commit(request, (outcome) => {
        this.#inTurn(() => {
          settle(outcome);
        });
      });
    });
  }

  #inTurn(run: () => void): void {
    const now = this.#process.monotonicMs();
    this.#lastAt = Math.max(this.#lastAt, now + this.#dice.next() * 4);
    this.#process.after(this.#lastAt - now, run);
  }
}

export interface HouseParts {
  readonly time: VirtualTime;
  readonly dice: Random;
  readonly trace: Trace;
  readonly plant: Plant;
}

/** Random bytes from the seed. */
export function diceBytes(dice: Random): RandomBytes {
  return (into) => {
    for (let index = 0; index < into.length; index += 1) into[index] = dice.whole(0, 255);
    return into;
  };
}

export class House implements NetworkTap {
  readonly journal = new Journal();
  /** Keys of commands that a connection brought twice: the second may succeed where the first was refused. */
  readonly duplicated = new Set<string>();
  readonly clock: WallClock;
  readonly store: FaultyStore;
  readonly newId: NewId;
  readonly #parts: HouseParts;
  /** By link and request id, in the order sent: what the hub owes an answer. */
  readonly #owed = new Map<Link, Map<string, Sending[]>>();
  #process: Program;
  #hub: Hub | null = null;
  /** Told of each hub that has started. */
  onStart: (hub: Hub) => void = () => undefined;
  starts = 0;

  constructor(parts: HouseParts) {
    const { time, dice, plant } = parts;
    this.#parts = parts;
    this.clock = new WallClock(time, EVENING);
    this.newId = uuidV7Source(this.clock, diceBytes(dice));
    this.#process = new Program(time);
    const memory = createMemoryStore({
      clock: this.clock,
      newId: this.newId,
      nextTick: queueMicrotask,
    });
    this.store = new FaultyStore(memory, queueMicrotask);
    if (plant.store !== undefined) this.#switchOnAfterSeed(plant.store);
  }

  get hub(): Hub | null {
    return this.#hub;
  }

  async seed(): Promise<void> {
    await seedStore(this.store, [trafficSeed(BRANCH)], this.clock.now());
    this.#plantStore();
  }

  #plantStore: () => void = () => undefined;

  #switchOnAfterSeed(fault: NonNullable<Plant['store']>): void {
    this.#plantStore = () => {
      this.store.switchOn(fault);
    };
  }

  /** A new process on what the store has. */
  async start(): Promise<void> {
    const { time, dice, trace } = this.#parts;
    const process = new Program(time);
    this.#process = process;
    this.starts += 1;
    trace.add('the hub starts');
    const hub = await openHub({
      store: new SlowDisk(this.store, { process, dice }),
      clock: this.clock,
      timers: process,
      nextTick: (flush) => process.after(0, flush),
      newId: this.newId,
      random: dice.next,
      log: silentLog,
      verifyToken: (token) => Promise.resolve(this.#verdict(token)),
      frame: plainFrame,
      limits: LIMITS,
    });
    this.#hub = hub;
    this.onStart(hub);
  }

  /** The process dies; its connections know nothing of it. */
  crash(): void {
    this.#parts.trace.add('the hub dies');
    this.#process.kill();
    this.#hub = null;
    this.#owed.clear();
  }

  /** Takes leave of everybody and ends. */
  async drain(): Promise<void> {
    const hub = this.#hub;
    if (hub === null) return;
    this.#parts.trace.add('the hub drains');
    await hub.drain();
    if (this.#hub === hub) this.crash();
  }

  accept(link: Link): ConnectionEvents | null {
    return this.#hub?.accept(link) ?? null;
  }

  arrivedUp(link: Link, message: ClientMessage): void {
    if (message.type !== 'command') return;
    const { id, key, name, branchId, payload, expect } = message;
    const request = { branchId, key, name, payload: payload as Record<string, unknown> };
    const { role, deviceId } = link.outlet;
    const sending = this.journal.send(
      { ...request, ...(expect !== undefined && { expect }) },
      { role, deviceId },
    );
    let owed = this.#owed.get(link);
    if (owed === undefined) this.#owed.set(link, (owed = new Map<string, Sending[]>()));
    const earlier = owed.get(id);
    if (earlier !== undefined) this.duplicated.add(key);
    owed.set(id, [...(earlier ?? []), sending]);
  }

  wrote(link: Link, message: HubMessage): void {
    if (message.type !== 'ack' && message.type !== 'error') return;
    if (message.key === undefined || message.id === undefined) return;
    const sending = this.#owed.get(link)?.get(message.id)?.shift();
    if (sending !== undefined) this.journal.answered(sending, message);
  }

  #verdict(token: string): TokenVerdict {
    const { principal, expiresAt } = JSON.parse(token) as SimToken;
    const expiresInMs = expiresAt - this.clock.now();
    if (expiresInMs <= 0) {
      return { kind: 'refused', refusal: refuse('token_expired', 'this token has expired') };
    }
    const grant = { sessionId: null, issuedAt: Number.MAX_SAFE_INTEGER };
    return { kind: 'valid', principal, grant, expiresInMs };
  }
}
