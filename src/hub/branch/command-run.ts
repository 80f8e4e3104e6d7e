/**
 * One command from its locks to its answer. It takes its place in every queue before `start` returns, waits only where it has to,
 * and makes no promise of its own: on the way of a command each would cost every command.
 */
import { assertNever } from '../../base/assert.js';
import { refuse } from '../../base/refusal.js';
import { recordVersions, type ChangeSet } from '../../domain/change-set.js';
import type { Decision, RecordNames } from '../../domain/command.js';
import type { OrderAggregate } from '../../domain/rows.js';
import type { HotBranch } from '../../store/hot/hot-branch.js';
import type { CommitOutcome, StoredAnswer } from '../../store/port.js';
import type { Release } from '../locks.js';
import type { ShiftHold } from '../shift-gate.js';
import type { CommandAnswer } from './answer.js';
import type { BranchOptions } from './branch-options.js';
import type { ColdReader } from './cold-reader.js';
import type { BranchCommand } from './command.js';
import { decide } from './decide.js';
import type { OrderLeases } from './order-leases.js';
import type { RunEnd } from './running-commands.js';
import type { ColdRecords } from './state-view.js';

/** What a command needs of its branch. */
export interface CommandHost {
  readonly hot: HotBranch;
  readonly leases: OrderLeases;
  readonly reader: ColdReader;
  readonly options: BranchOptions;
  /** Takes a place in both queues at once: the release where everything is free, else a promise. */
  hold(shift: ShiftHold, recordNames: readonly string[]): Release | Promise<Release>;
  /** The first of `count` order numbers. */
  takeNumbers(count: number): number;
  /** Memory takes over what the store has written, and tells it. */
  publish(changeSet: ChangeSet, outcome: Committed, cold: readonly OrderAggregate[]): void;
  /** After a command that opened, closed or handed over the shift. */
  learnLastNumber(): Promise<void>;
}

export type Committed = Extract<CommitOutcome, { kind: 'committed' }>;

/** Decisions made on records that turn out to have changed on the disk are made again, this often. */
const DECISIONS_MAX = 3;
const STORAGE_RETRY_MS = 2_000;
const OVERLOADED_RETRY_MS = 100;

const keyReused = refuse(
  'idempotency_key_reused',
  'this key was used before with another command or payload; use a new key',
);

export class CommandRun {
  readonly #host: CommandHost;
  readonly #command: BranchCommand;
  readonly #hash: string;
  readonly #end: RunEnd;
  #decisions = 0;
  #names: RecordNames = {};
  /** The orders that the command names, or whose payments it names. */
  #orderIds: readonly string[] = [];
  #release: Release | null = null;

  constructor(host: CommandHost, command: BranchCommand, hash: string, end: RunEnd) {
    this.#host = host;
    this.#command = command;
    this.#hash = hash;
    this.#end = end;
  }

  start(): void {
    this.#guarded(() => {
      this.#names = this.#command.definition.records(this.#command.payload);
      this.#when(this.#ordersOfPayments(this.#names.payments ?? []), this.#queueUp);
    });
  }

  readonly #queueUp = (paidIds: readonly string[]): void => {
    const { orders = [], newOrders = [] } = this.#names;
    this.#orderIds = [...orders, ...newOrders, ...paidIds];
    const held = this.#host.hold(this.#command.definition.shift, this.#lockNames());
    this.#when(held, (release) => {
      this.#release = release;
      const cold = this.#host.reader.read(this.#names, [...orders, ...paidIds]);
      this.#when(cold, this.#decide);
    });
  };

  readonly #decide = (cold: ColdRecords): void => {
    const { hot, leases, options } = this.#host;
    const { clock, newId, store } = options;
    this.#decisions += 1;
    const decision = decide(this.#command, {
      hot,
      leases,
      cold,
      devices: options.devices,
      orderIds: this.#orderIds,
      outside: { now: clock.now(), newId, takeNumbers: (count) => this.#host.takeNumbers(count) },
    });
    switch (decision.kind) {
      case 'refused':
        this.#finishUnlessStored(decision);
        return;
      case 'unchanged':
        this.#finishUnlessStored({
          kind: 'done',
          version: hot.version,
          durability: store.durability,
          result: { records: {} },
          replayed: false,
        });
        return;
      case 'change':
        this.#commit(decision, cold.orders);
        return;
      default:
        assertNever(decision);
    }
  };

  #commit(decision: Extract<Decision, { kind: 'change' }>, cold: readonly OrderAggregate[]): void {
    const { hot, options } = this.#host;
    const { definition, key, actor, correlationId, secrets } = this.#command;
    const { changeSet, zNumberOf = null, summary, erased } = decision;
    const result = { records: recordVersions(changeSet), ...decision.result };
    options.store.commit(
      {
        branchId: hot.branch.id,
        key,
        requestHash: this.#hash,
        command: definition.name,
        actor: actor.staffId,
        deviceId: actor.deviceId,
        correlationId,
        at: options.clock.now(),
        changeSet,
        result,
        requiresShift: definition.needsOpenShift ? (hot.shift?.id ?? null) : null,
        zNumberOf,
        raisesHorizon: hot.raisesHorizon(changeSet),
        ...(secrets !== undefined && { secrets }),
        ...(erased !== undefined && { secrets: [{ kind: 'personal_erased', values: erased }] }),
        ...(summary !== undefined && { summary }),
      },
      (outcome) => {
        this.#guarded(() => {
          if (outcome.kind === 'committed') this.#host.publish(changeSet, outcome, cold);
          this.#settled(outcome, result);
        });
      },
    );
  }

  #settled(outcome: CommitOutcome, result: Readonly<Record<string, unknown>>): void {
    switch (outcome.kind) {
      case 'committed':
        this.#committed(outcome, result);
        return;
      case 'duplicate':
        this.#finish(this.#replayOf(outcome.answer));
        return;
      case 'conflict':
        this.#decideAgain(outcome);
        return;
      case 'exists':
        this.#finishUnlessStored({
          kind: 'refused',
          refusal: refuse('already_exists', `a ${outcome.table} with this id exists already`, {
            details: { table: outcome.table, id: outcome.id },
          }),
        });
        return;
      case 'shift_closed':
        this.#finishUnlessStored({
          kind: 'refused',
          refusal: refuse('shift_closed', 'the shift was closed meanwhile'),
        });
        return;
      case 'outdated':
        this.#finish({
          kind: 'refused',
          refusal: refuse('invalid_state', 'what this was decided on has changed meanwhile'),
        });
        return;
      case 'unavailable':
        this.#finish({
          kind: 'refused',
          refusal: refuse('storage_unavailable', `nothing was written: ${outcome.reason}`, {
            retryAfterMs: STORAGE_RETRY_MS,
          }),
        });
        return;
      default:
        assertNever(outcome);
    }
  }

  #committed({ version }: Committed, result: Readonly<Record<string, unknown>>): void {
    const { durability } = this.#host.options.store;
    const done = { kind: 'done', version, durability, result, replayed: false } as const;
    if (this.#command.definition.shift !== 'exclusive') {
      this.#finish(done);
      return;
    }
    this.#when(this.#host.learnLastNumber(), () => {
      this.#finish(done);
    });
  }

  #decideAgain({ table, id }: Extract<CommitOutcome, { kind: 'conflict' }>): void {
    const { hot, options } = this.#host;
    options.log.warn(
      { branch: hot.branch.id, key: this.#command.key, table, id },
      'decided on a record that had changed meanwhile; deciding again',
    );
    if (this.#decisions < DECISIONS_MAX) {
      this.#leave();
      this.#when(options.onConflict(table, id), () => {
        this.start();
      });
      return;
    }
    this.#finishUnlessStored({
      kind: 'refused',
      refusal: refuse('overloaded', 'the record keeps changing; try again', {
        retryAfterMs: OVERLOADED_RETRY_MS,
      }),
    });
  }

  /** At once where all of the payments are hot, so that their commands keep their place too. */
  #ordersOfPayments(paymentIds: readonly string[]): readonly string[] | Promise<readonly string[]> {
    const found = paymentIds.map((paymentId) => this.#host.reader.orderIdOfPayment(paymentId));
    const hot = found.filter((orderId) => typeof orderId === 'string');
    return hot.length === found.length ? hot : knownOnes(found);
  }

  #lockNames(): readonly string[] {
    const { items = [], portionsOf = [] } = this.#names;
    const lockNames = this.#orderIds.map((id) => `order:${id}`);
    for (const id of items) lockNames.push(`item:${id}`);
    for (const id of portionsOf) {
      const item = this.#host.hot.tables.menu_item.get(id);
      if ((item?.remaining ?? null) !== null) lockNames.push(`item:${id}`);
    }
    return lockNames;
  }

  /**
   * Before a refusal leaves (or the word that nothing had to change), the key is looked up: the retry of what went through
   * gets the answer that was given then.
   */
  #finishUnlessStored(otherwise: CommandAnswer): void {
    const { hot, options } = this.#host;
    this.#when(options.store.answer(hot.branch.id, this.#command.key), (stored) => {
      this.#finish(stored === null ? otherwise : this.#replayOf(stored));
    });
  }

  #replayOf({ requestHash, version, durability, result }: StoredAnswer): CommandAnswer {
    if (requestHash !== this.#hash) return { kind: 'refused', refusal: keyReused };
    return { kind: 'done', version, durability, result, replayed: true };
  }

  #finish(answer: CommandAnswer): void {
    this.#leave();
    this.#end.answered(answer);
  }

  #leave(): void {
    const release = this.#release;
    this.#release = null;
    release?.();
  }

  /** Goes on at once with a value, and later with a promised one. */
  #when<Value>(value: Value | Promise<Value>, next: (value: Value) => void): void {
    if (!(value instanceof Promise)) {
      next(value);
      return;
    }
    value.then(next).catch((error: unknown) => {
      this.#fail(error);
    });
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#leave();
    this.#end.failed(error);
  }
}

async function knownOnes(
  found: readonly (string | Promise<string | null>)[],
): Promise<readonly string[]> {
  const orderIds: string[] = [];
  for (const each of found) {
    const orderId = typeof each === 'string' ? each : await each;
    if (orderId !== null) orderIds.push(orderId);
  }
  return orderIds;
}
