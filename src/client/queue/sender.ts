/**
 * Sends the queue, in the one client that leads: in order per unit, each entry under its key until the hub has written it or
 * refused it for good. What it learns is stored before anything follows from it.
 */
import type { Cancel, Timers } from '../../base/clock.js';
import type { Log } from '../../base/log.js';
import type { RecordVersions } from '../../domain/change-set.js';
import type { Expect } from '../../domain/command.js';
import type { OrderGetResult } from '../../protocol/results.js';
import { CONFLICTS_MAX, type CommandAnswer } from '../requests/commands.js';
import { ClientEnded, CommandRefused, Refused } from '../requests/errors.js';
import { foundDone } from './already-done.js';
import {
  isOwed,
  unitOfEntry,
  type EntryState,
  type QueueEntry,
  type StoredEntry,
} from './entry.js';
import { expectationOf, type Expectation, type Known } from './expectation.js';
import { planOf } from './plan.js';
import { afterRefusal, isAboutShift, versionConflict } from './refusals.js';
import type { Seen } from './seen.js';
import type { StoredQueue } from './stored-queue.js';
import type { Truth } from '../replica/truth.js';

/** An entry that waits for a shift, or met a failing storage, is tried again after so long, in milliseconds. */
const PAUSE_MS = 30_000;
/** Settled entries stay stored for so long, in milliseconds, so that other clients on the storage learn of their outcome. */
const SWEEP_MS = 2_000;

export interface Session {
  readonly branchId: string;
  /** Of the hub's history. */
  readonly epoch: string;
  /** How many entries may be under way at once. */
  readonly slots: number;
}

/** What the sender needs of the client. */
export interface QueueHub {
  /** null: not connected. */
  readonly session: Session | null;
  /** Retryable refusals and lost connections are waited out; rejects with `CommandRefused` or `ClientEnded`. */
  command(entry: QueueEntry, expect: Expect): Promise<CommandAnswer>;
  order(branchId: string, orderId: string): Promise<OrderGetResult>;
  /** A refusal says that the shift is not the one that this client knows of. */
  shiftMayBeAnother(): void;
}

export interface SenderParts {
  readonly stored: StoredQueue;
  readonly hub: QueueHub;
  readonly truth: Truth;
  readonly seen: Seen;
  readonly timers: Timers;
  readonly log: Log;
}

export class Sender {
  readonly #parts: SenderParts;
  #leads = false;
  #stopped = false;
  /** Places of entries that this client has sent and that are not answered. */
  readonly #underWay = new Set<string>();
  /** By place: waits that a new connection or a shift's opening ends early. */
  readonly #paused = new Map<string, Cancel>();
  #cancelSweep: Cancel | null = null;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** From now on this client sends. */
  lead(): void {
    this.#leads = true;
    this.resume();
  }

  /** There is a connection, or a shift was opened: nothing waits for its time any more. */
  resume(): void {
    for (const cancel of this.#paused.values()) cancel();
    this.#paused.clear();
    this.#distrust();
    this.pump();
  }

  /** Something was queued, settled or shown: sends what may go. */
  pump(): void {
    const { hub, stored, seen } = this.#parts;
    const { session } = hub;
    if (!this.#leads || this.#stopped) return;
    this.#sweepLater();
    if (session === null) return;
    const { ready } = planOf(stored.entries, {
      branchId: session.branchId,
      isBusy: ({ place }) => this.#underWay.has(place) || this.#paused.has(place),
      isSeen: (entry) => seen.has(entry),
      enough: session.slots - this.#underWay.size,
    });
    for (const entry of ready) void this.#send(entry);
  }

  /** The replicas show more than before: what waited for that may go. */
  shown(): void {
    const { stored } = this.#parts;
    if (stored.entries.some(({ state }) => state.kind === 'acknowledged')) this.pump();
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#paused.values()) cancel();
    this.#cancelSweep?.();
  }

  /** Never rejects. */
  async #send(entry: QueueEntry): Promise<void> {
    const { place } = entry;
    this.#underWay.add(place);
    try {
      await this.#settle(entry);
    } catch (cause) {
      // Stored as it was: it goes out again under its key.
      if (!(cause instanceof ClientEnded)) {
        this.#parts.log.error({ cause, key: entry.key }, 'a queued command waits after a failure');
        this.#pause(place);
      }
    }
    this.#underWay.delete(place);
    this.pump();
  }

  /** One try after the other until there is an outcome, or something to wait for. */
  async #settle(entry: QueueEntry): Promise<void> {
    let next: QueueEntry | null = entry;
    let current: CommandRefused['current'];
    for (let conflicts = 0; next !== null; conflicts += 1) {
      const expectation = this.#expectation(next, current);
      if (expectation.kind === 'conflict') {
        await this.#enter(next, { kind: 'refused', error: versionConflict(expectation.current) });
        return;
      }
      if (expectation.kind === 'done') {
        await this.#acknowledged(next, { version: null, records: {} });
        return;
      }
      const { expect } = expectation;
      const sent: QueueEntry | null = await this.#enter(next, { kind: 'sending', expect });
      if (sent === null) return;
      const refusal = await this.#ask(sent, expect);
      if (refusal === null) return;
      current = refusal.current;
      const again = refusal.code === 'version_conflict' && conflicts < CONFLICTS_MAX;
      next = again && current !== undefined ? sent : await this.#refused(sent, refusal);
    }
  }

  /**
   * What an earlier life of the client had sent goes out as it was: the hub may have done it, and then what the replica shows
   * is its own doing.
   */
  #expectation(entry: QueueEntry, current: CommandRefused['current']): Expectation {
    const { state } = entry;
    if (state.kind === 'sending' && current === undefined) {
      return { kind: 'expect', expect: state.expect };
    }
    return expectationOf(entry, this.#known(entry.branchId, current));
  }

  /** Null: it was acknowledged. */
  async #ask(entry: QueueEntry, expect: Expect): Promise<CommandRefused | null> {
    try {
      const answer = await this.#parts.hub.command(entry, expect);
      await this.#acknowledged(entry, answer);
      return null;
    } catch (cause) {
      if (cause instanceof CommandRefused) return cause;
      throw cause;
    }
  }

  async #acknowledged(
    entry: QueueEntry,
    { version, records }: Pick<EntryState & { kind: 'acknowledged' }, 'version' | 'records'>,
  ): Promise<void> {
    const { hub } = this.#parts;
    const { newNumber, branchId, payload } = entry;
    const epoch = hub.session?.epoch ?? '';
    const state = { kind: 'acknowledged', version, epoch, records } as const;
    if (newNumber === undefined) {
      await this.#enter(entry, state);
      return;
    }
    const { header } = await hub.order(branchId, String(payload['order_id']));
    await this.#change(entry, (held) => ({
      ...held,
      state,
      newNumber: { ...newNumber, number: header.number },
    }));
  }

  /** The entry to send at once; null: it is settled or waits. */
  async #refused(entry: QueueEntry, refusal: CommandRefused): Promise<QueueEntry | null> {
    if (refusal.retryable) throw refusal;
    const { hub } = this.#parts;
    const after = afterRefusal(entry, refusal);
    if (isAboutShift(after)) hub.shiftMayBeAnother();
    switch (after.kind) {
      case 'wait':
        await this.#enter(entry, { kind: 'waiting', reason: after.reason });
        this.#pause(entry.place);
        return null;
      case 'unnumbered':
        return this.#change(entry, after.change);
      case 'look': {
        const records = await this.#foundDone(entry, after.orderId);
        if (records !== null) await this.#acknowledged(entry, { version: null, records });
        else await this.#enter(entry, { kind: 'refused', error: after.error });
        return null;
      }
      case 'refused':
        await this.#enter(entry, { kind: 'refused', error: after.error });
        return null;
    }
  }

  /** Null: it was not done, for all that this person is shown. */
  async #foundDone(entry: QueueEntry, orderId: string): Promise<RecordVersions | null> {
    try {
      return foundDone(entry, await this.#parts.hub.order(entry.branchId, orderId));
    } catch (cause) {
      if (cause instanceof Refused && !cause.retryable) return null;
      throw cause;
    }
  }

  #enter(entry: QueueEntry, state: EntryState): Promise<QueueEntry | null> {
    return this.#change(entry, (held) => ({ ...held, state }));
  }

  /** Null: a person has taken it back meanwhile. */
  #change(
    { place }: QueueEntry,
    change: (held: StoredEntry) => StoredEntry,
  ): Promise<QueueEntry | null> {
    return this.#parts.stored.change(place, (held) =>
      held.state.kind === 'waiting' || held.state.kind === 'sending' ? change(held) : undefined,
    );
  }

  #known(branchId: string, current: CommandRefused['current']): Known {
    const { truth, stored } = this.#parts;
    return {
      row: (table, id) => {
        const held = truth.row(branchId, table, id);
        const told = current?.[table]?.[id] as typeof held;
        return told === undefined || (held !== undefined && held.version > told.version)
          ? held
          : told;
      },
      ownVersion: (table, id) => {
        let version = 0;
        for (const { state } of stored.entries) {
          if (state.kind !== 'acknowledged') continue;
          version = Math.max(version, state.records[table]?.[id] ?? 0);
        }
        return version;
      },
    };
  }

  #pause(place: string): void {
    const cancel = this.#parts.timers.after(PAUSE_MS, () => {
      this.#paused.delete(place);
      this.pump();
    });
    this.#paused.set(place, cancel);
  }

  /** What another history of the hub acknowledged may be lost with it: it is sent again, and is done once in any case. */
  #distrust(): void {
    const { stored, hub, log } = this.#parts;
    const epoch = hub.session?.epoch;
    if (!this.#leads || epoch === undefined) return;
    for (const { place, state, seen } of stored.entries) {
      if (state.kind !== 'acknowledged' || state.epoch === epoch) continue;
      const again = { kind: 'sending', expect: seen?.expect ?? {} } as const;
      stored
        .change(place, (held) =>
          held.state.kind === 'acknowledged' ? { ...held, state: again } : undefined,
        )
        .catch((cause: unknown) => {
          log.error({ cause }, 'an acknowledged command of another history was not queued again');
        });
    }
  }

  #sweepLater(): void {
    if (this.#cancelSweep !== null || !this.#hasSettled()) return;
    this.#cancelSweep = this.#parts.timers.after(SWEEP_MS, () => {
      this.#cancelSweep = null;
      this.#sweep().then(
        () => {
          this.pump();
        },
        (cause: unknown) => {
          this.#parts.log.error({ cause }, 'settled commands are still in the queue');
        },
      );
    });
  }

  #hasSettled(): boolean {
    for (const entry of this.#parts.stored.entries) {
      if (!isOwed(entry) && !isToBeTold(entry)) return true;
    }
    return false;
  }

  /** Removes what is settled and shown, unless a later entry still needs the versions that it was given. */
  async #sweep(): Promise<void> {
    const { stored, seen } = this.#parts;
    const owed = new Set(stored.entries.filter(isOwed).map(unitOfEntry));
    const places: string[] = [];
    for (const entry of stored.entries) {
      if (isOwed(entry) || isToBeTold(entry)) continue;
      const isDone = !owed.has(unitOfEntry(entry)) && seen.has(entry);
      if (isDone || entry.state.kind === 'dropped') places.push(entry.place);
    }
    if (places.length > 0) await stored.remove(places);
    for (const place of places) seen.forget(place);
  }
}

/** The order got another number than the one printed, and nobody has seen it yet. What was dropped got none. */
function isToBeTold({ state, newNumber }: QueueEntry): boolean {
  return state.kind === 'acknowledged' && newNumber?.told === false;
}
