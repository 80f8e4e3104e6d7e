/**
 * The offline queue: what a person does is on the device's disk before they are told so, and reaches the hub in order, once,
 * however often the connection, the page or the power fails. What the hub refuses stays until a person has decided on it.
 */
import type { Cancel, Clock } from '../../base/clock.js';
import type { NewId } from '../../base/ids.js';
import { REFUSALS, type Refusal } from '../../base/refusal.js';
import type { CommandPayloads } from '../../domain/registry.js';
import { encode } from '../../protocol/codec.js';
import { MESSAGE_BYTES_MAX, REQUEST_ID_LENGTH_MAX } from '../../protocol/limits.js';
import type { Encoding } from '../../protocol/messages.js';
import { withIds, type QueueableName } from '../prediction/queueable.js';
import { CommandRefused } from '../requests/errors.js';
import { seenBy } from '../prediction/intents.js';
import { commandOf, isOwed, unitOfEntry, type QueueEntry, type StoredEntry } from './entry.js';
import type { Overlay } from './overlay.js';
import type { Facts } from './facts.js';
import type { Numbers } from './numbers.js';
import type { Plan } from './plan.js';
import { Outcomes, type Outcome } from './outcomes.js';
import type { StoredQueue } from './stored-queue.js';

/** Entries; one more is refused: a till that could not send for so long needs a person. */
export const QUEUE_LENGTH_MAX = 10_000;

export interface Queued<Name extends QueueableName = QueueableName> {
  readonly key: string;
  /** With the ids of all new records, and with a number where one was leased. */
  readonly payload: CommandPayloads[Name];
  /** Never rejects; it stays open while there is no word of the hub. */
  readonly settled: Promise<Outcome>;
}

/** The order bears another number than the one that was printed. */
export interface Renumbered {
  readonly key: string;
  readonly orderId: string;
  readonly printed: number;
  readonly number: number;
}

export interface AddOptions {
  /** Default: a new UUID. */
  readonly key?: string;
}

export interface QueueParts {
  readonly stored: StoredQueue;
  readonly overlay: Overlay;
  readonly facts: Facts;
  /** null: numbers come from the hub alone. */
  readonly numbers: Pick<Numbers, 'take'> | null;
  readonly newId: NewId;
  readonly clock: Clock;
  readonly encoding: Encoding;
  readonly plan: () => Plan;
  /** Resolves when the storage has been read. */
  readonly ready: Promise<void>;
}

export class Queue {
  readonly #parts: QueueParts;
  readonly #outcomes: Outcomes;
  #turn: Promise<unknown>;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    this.#turn = parts.ready.catch(() => undefined);
    this.#outcomes = new Outcomes(parts.stored);
  }

  /** All that is not settled and shown, oldest first, the refused ones among them. */
  get entries(): readonly QueueEntry[] {
    const { held } = this.#parts.plan();
    return this.#parts.stored.entries.map((entry) => {
      const reason = held.get(entry.place);
      return reason === undefined ? entry : { ...entry, state: { kind: 'waiting', reason } };
    });
  }

  /** What waits for a person. */
  get refused(): readonly QueueEntry[] {
    return this.#parts.stored.entries.filter(({ state }) => state.kind === 'refused');
  }

  /** Entries that the hub has not acknowledged. */
  get length(): number {
    return this.#parts.stored.entries.filter(isOwed).length;
  }

  /** When the oldest of them was queued, in the hub's time as far as it was known; null: there is none. */
  get oldestAt(): number | null {
    return this.#parts.stored.entries.find(isOwed)?.at ?? null;
  }

  /** Orders whose printed number is not theirs, until `tellRenumbered`. */
  get renumbered(): readonly Renumbered[] {
    const renumbered: Renumbered[] = [];
    for (const { key, payload, newNumber } of this.#parts.stored.entries) {
      if (newNumber === undefined || newNumber.told || newNumber.number === null) continue;
      const { printed, number } = newNumber;
      renumbered.push({ key, orderId: String(payload['order_id']), printed, number });
    }
    return renumbered;
  }

  /** Resolves when the storage has been read: until then the queue looks empty. */
  get ready(): Promise<void> {
    return this.#parts.ready;
  }

  /** Told after each change. */
  onChange(listener: () => void): Cancel {
    return this.#parts.stored.onChange(() => {
      listener();
    });
  }

  /**
   * Resolves as soon as the command is on the disk. Rejects with `CommandRefused` where the rules of the house refuse it on
   * what this device knows, it is longer than the hub takes, or the queue is full; with `StorageFailed` where the disk does not take it: then it is not queued.
   */
  add<Name extends QueueableName>(
    name: Name,
    payload: CommandPayloads[Name],
    { key = this.#parts.newId() }: AddOptions = {},
  ): Promise<Queued<Name>> {
    return this.#inTurn(async () => {
      const held = this.#parts.stored.byKey(key);
      if (held !== undefined) return this.#again<Name>(held, name, payload);
      const entry = this.#entry(name, payload, key);
      const { stored } = this.#parts;
      if (stored.size >= QUEUE_LENGTH_MAX) throw full(name, key);
      this.#refuseIfLong(entry);
      this.#refuseByRules(entry);
      const numbered = await this.#withNumber(entry);
      const added = await stored.append(numbered);
      return this.#queued<Name>(added);
    });
  }

  /** The outcome of an entry that was queued before, for example by an earlier life of this client. Never rejects. */
  async outcome(key: string): Promise<Outcome> {
    // Before it has been read the queue only looks empty.
    await this.#parts.ready.catch(() => undefined);
    return this.#outcomes.of(key);
  }

  /** Sends a refused entry again as it is: the person has seen how things stand now. */
  retry(key: string): Promise<Queued> {
    return this.#decide(key, (held) => held);
  }

  /** Sends a refused entry again with another payload. Rejects with `CommandRefused` where that is longer than the hub takes. */
  amend<Name extends QueueableName>(
    key: string,
    payload: CommandPayloads[Name],
  ): Promise<Queued<Name>> {
    return this.#decide(key, (held) => {
      const { newId } = this.#parts;
      const amended = { ...held, payload: withIds(held.name, payload, newId) };
      this.#refuseIfLong(amended);
      return amended;
    }) as Promise<Queued<Name>>;
  }

  /**
   * Takes an entry out for good, by a person's word: one that was refused, or that waits and has not been sent. Resolves
   * with whether it was so; what is on its way or done is not taken back.
   */
  drop(key: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const { stored } = this.#parts;
      const entry = stored.byKey(key);
      if (entry === undefined) return false;
      const dropped = await stored.change(entry.place, (held) =>
        held.state.kind === 'refused' || held.state.kind === 'waiting'
          ? { ...held, state: { kind: 'dropped' } }
          : undefined,
      );
      return dropped !== null;
    });
  }

  /** A person knows of the new number. */
  tellRenumbered(key: string): Promise<void> {
    return this.#inTurn(async () => {
      const { stored } = this.#parts;
      const entry = stored.byKey(key);
      if (entry === undefined) return;
      await stored.change(entry.place, (held) =>
        held.newNumber === undefined
          ? undefined
          : { ...held, newNumber: { ...held.newNumber, told: true } },
      );
    });
  }

  #entry(name: QueueableName, payload: CommandPayloads[QueueableName], key: string): StoredEntry {
    const { newId, clock, facts } = this.#parts;
    const by = facts.principal;
    if (by === null) throw unknownBranch(name, key);
    const command = { name, branchId: by.branch_id, payload: withIds(name, payload, newId) };
    return {
      key,
      ...command,
      queuedAt: clock.now(),
      at: facts.serverNow,
      by,
      seen: this.#seenBy(command),
      state: { kind: 'waiting', reason: null },
    };
  }

  /** The rows that the command changes as the person sees them: with what is queued, up to the place `before`, laid over them. */
  #seenBy(
    entry: Pick<StoredEntry, 'name' | 'branchId' | 'payload'>,
    before?: string,
  ): StoredEntry['seen'] {
    const { name, payload } = commandOf(entry);
    const rows = this.#parts.overlay.unit(entry.branchId, unitOfEntry(entry), before);
    return seenBy(rows, name, payload);
  }

  /** The request id at its longest leaves room for what is not known yet: a number, and greater versions. */
  #refuseIfLong({ key, name, branchId, payload, at: clientAt, seen }: StoredEntry): void {
    const id = 'r'.repeat(REQUEST_ID_LENGTH_MAX);
    const expect = seen?.expect ?? {};
    const message = {
      type: 'command',
      id,
      key,
      name,
      branchId,
      payload,
      clientAt,
      expect,
    } as const;
    const { length } = encode(message, this.#parts.encoding);
    if (length <= MESSAGE_BYTES_MAX) return;
    const reason = `${String(length)} bytes are more than the hub takes`;
    throw refused(name, key, { code: 'validation_failed', message: reason });
  }

  #refuseByRules(entry: StoredEntry): void {
    const prediction = this.#parts.overlay.predict(entry);
    if (prediction.kind === 'refused') throw refused(entry.name, entry.key, prediction.refusal);
  }

  async #withNumber(entry: StoredEntry): Promise<StoredEntry> {
    const { numbers } = this.#parts;
    if (entry.name !== 'order.open' || numbers === null) return entry;
    if (entry.payload['number'] !== undefined) return entry;
    const number = await numbers.take();
    return number === null ? entry : { ...entry, payload: { ...entry.payload, number } };
  }

  /** The same key again: one entry, where the content is the same. */
  #again<Name extends QueueableName>(
    held: QueueEntry,
    name: Name,
    payload: CommandPayloads[Name],
  ): Queued<Name> {
    const given = Object.entries(payload);
    const same = given.every(
      ([field, value]) =>
        field === 'lines' || JSON.stringify(held.payload[field]) === JSON.stringify(value),
    );
    if (held.name === name && same) return this.#queued<Name>(held);
    throw refused(name, held.key, {
      code: 'idempotency_key_reused',
      message: 'another command is queued under this key',
    });
  }

  #queued<Name extends QueueableName>({ key, payload }: QueueEntry): Queued<Name> {
    const settled = this.#outcomes.of(key);
    return { key, payload: payload as CommandPayloads[Name], settled };
  }

  #decide(key: string, change: (held: StoredEntry) => StoredEntry): Promise<Queued> {
    return this.#inTurn(async () => {
      const { stored } = this.#parts;
      const entry = stored.byKey(key);
      const waiting = { kind: 'waiting', reason: null } as const;
      const changed =
        entry === undefined
          ? null
          : await stored.change(entry.place, (held) => {
              if (held.state.kind !== 'refused') return undefined;
              const decided = change(held);
              return { ...decided, seen: this.#seenBy(decided, entry.place), state: waiting };
            });
      if (changed === null) throw new Error(`no entry with the key ${key} waits for a decision`);
      return this.#queued(changed);
    });
  }

  /** One after the other, so that each prediction knows of what was queued before. */
  #inTurn<Value>(run: () => Promise<Value>): Promise<Value> {
    const done = this.#turn.then(run);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function refused(name: string, key: string, refusal: Refusal): CommandRefused {
  return new CommandRefused(name, key, { ...REFUSALS[refusal.code], ...refusal });
}

function full(name: string, key: string): CommandRefused {
  const message = `${String(QUEUE_LENGTH_MAX)} commands are queued already`;
  return refused(name, key, { code: 'overloaded', message });
}

function unknownBranch(name: string, key: string): CommandRefused {
  const message = 'nobody has signed in on this device yet, so its branch is not known';
  return refused(name, key, { code: 'unauthenticated', message });
}
