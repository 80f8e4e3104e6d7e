/**
 * One branch: lock, decide, commit, publish. The only writer of its hot records, which change after the commit and in version
 * order; every answer and every delta leaves after the fsync that covers it.
 */
import { assertNever } from '../../base/assert.js';
import type { Clock, Timers } from '../../base/clock.js';
import type { NewId } from '../../base/ids.js';
import type { Log } from '../../base/log.js';
import { refuse } from '../../base/refusal.js';
import { recordVersions, type ChangeSet } from '../../domain/change-set.js';
import type { Decision, RecordNames } from '../../domain/command.js';
import type { OrderAggregate } from '../../domain/rows.js';
import type { ColdCache } from '../../store/cold-cache.js';
import { HotBranch } from '../../store/hot/hot-branch.js';
import type { CommitOutcome, LoadedBranch, Store } from '../../store/port.js';
import type { HubLimits } from '../options.js';
import { RecordLocks, type Release } from '../locks.js';
import { ShiftGate, type ShiftHold } from '../shift-gate.js';
import type { CommandAnswer } from './answer.js';
import { ColdReader } from './cold-reader.js';
import type { BranchCommand } from './command.js';
import { committedChanges } from './committed.js';
import { decide } from './decide.js';
import { OrderLeases } from './order-leases.js';
import { requestHash } from './request-hash.js';
import { RunningCommands } from './running-commands.js';
import type { ColdRecords } from './state-view.js';

/** Told of each commit once memory has it. */
export type Publish = (changeSet: ChangeSet, version: number) => void;

export interface BranchOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly newId: NewId;
  readonly log: Log;
  readonly limits: HubLimits;
  readonly cache: ColdCache;
  readonly publish: Publish;
}

/** Decisions made on records that turn out to have changed on the disk are made again, this often. */
const DECISIONS_MAX = 4;

type Attempt =
  { readonly kind: 'answer'; readonly answer: CommandAnswer } | { readonly kind: 'again' };

export class BranchHub {
  readonly hot: HotBranch;
  readonly leases: OrderLeases;
  readonly reader: ColdReader;
  readonly #options: BranchOptions;
  readonly #gate = new ShiftGate();
  readonly #locks = new RecordLocks();
  readonly #running: RunningCommands;
  /** The highest order number handed out on the open shift's business date. */
  #lastNumber = 0;

  constructor(loaded: LoadedBranch, options: BranchOptions) {
    this.hot = new HotBranch(loaded);
    this.#options = options;
    this.leases = new OrderLeases(options.timers);
    this.#running = new RunningCommands(options.timers, options.limits.duplicateWaitMs);
    this.reader = new ColdReader({
      branchId: this.id,
      hot: this.hot,
      store: options.store,
      cache: options.cache,
    });
  }

  get id(): string {
    return this.hot.branch.id;
  }

  /** Commands under way. */
  get running(): number {
    return this.#running.size;
  }

  get lockedRecords(): number {
    return this.#locks.size;
  }

  /** To be awaited once, before the first command. */
  async open(): Promise<void> {
    await this.#learnLastNumber();
  }

  /** Takes its place in every queue before it returns, so that commands keep the order in which they were handed in. */
  execute(command: BranchCommand): Promise<CommandAnswer> {
    const hash = requestHash(command.definition.name, command.payload);
    return this.#running.once(command.key, hash, (ended) => this.#execute(command, hash, ended));
  }

  async #execute(command: BranchCommand, hash: string, ended: () => void): Promise<CommandAnswer> {
    try {
      for (let attempt = 1; attempt < DECISIONS_MAX; attempt += 1) {
        const outcome = await this.#attempt(command, hash);
        if (outcome.kind === 'answer') return outcome.answer;
      }
      return await this.#unlessStored(command, hash, {
        kind: 'refused',
        refusal: refuse('overloaded', 'the record keeps changing; try again', {
          retryAfterMs: 100,
        }),
      });
    } finally {
      ended();
    }
  }

  /** Waits only where it has to: what is hot and free is decided before this returns. */
  async #attempt(command: BranchCommand, hash: string): Promise<Attempt> {
    const { definition, payload } = command;
    const names = definition.records(payload);
    const knownIds = names.orders ?? [];
    const paying = this.#ordersOf(names.payments ?? []);
    const paidIds = paying instanceof Promise ? await paying : paying;
    const orderIds = [...knownIds, ...(names.newOrders ?? []), ...paidIds];
    const held = this.#hold(definition.shift, this.#lockNames(names, orderIds));
    const release = typeof held === 'function' ? held : await held;
    try {
      const reading = this.reader.read(names, [...knownIds, ...paidIds]);
      const cold = reading instanceof Promise ? await reading : reading;
      return await this.#decideAndCommit(command, hash, { cold, orderIds });
    } finally {
      release();
    }
  }

  /** At once where all of the payments are hot, so that their commands keep their place too. */
  #ordersOf(paymentIds: readonly string[]): readonly string[] | Promise<readonly string[]> {
    const found = paymentIds.map((paymentId) => this.reader.orderIdOfPayment(paymentId));
    const hot = found.filter((orderId) => typeof orderId === 'string');
    if (hot.length === found.length) return hot;
    return this.#lookedUp(found);
  }

  async #lookedUp(found: readonly (string | Promise<string | null>)[]): Promise<readonly string[]> {
    const orderIds: string[] = [];
    for (const each of found) {
      const orderId = typeof each === 'string' ? each : await each;
      if (orderId !== null) orderIds.push(orderId);
    }
    return orderIds;
  }

  /** Takes its place in both queues at once. */
  #hold(shift: ShiftHold, names: readonly string[]): Release | Promise<Release> {
    const ofShift = this.#gate.acquire(shift);
    const ofRecords = this.#locks.acquire(names);
    if (typeof ofShift === 'function' && typeof ofRecords === 'function') {
      return () => {
        ofRecords();
        ofShift();
      };
    }
    return Promise.all([ofShift, ofRecords]).then(([leaveShift, leaveRecords]) => () => {
      leaveRecords();
      leaveShift();
    });
  }

  #lockNames(names: RecordNames, orderIds: readonly string[]): readonly string[] {
    const lockNames = orderIds.map((id) => `order:${id}`);
    for (const id of names.items ?? []) lockNames.push(`item:${id}`);
    for (const id of names.portionsOf ?? []) {
      const counted = (this.hot.tables.menu_item.get(id)?.remaining ?? null) !== null;
      if (counted) lockNames.push(`item:${id}`);
    }
    return lockNames;
  }

  #decideAndCommit(
    command: BranchCommand,
    hash: string,
    records: { readonly cold: ColdRecords; readonly orderIds: readonly string[] },
  ): Promise<Attempt> {
    const decision = decide(command, {
      hot: this.hot,
      leases: this.leases,
      cold: records.cold,
      orderIds: records.orderIds,
      outside: {
        now: this.#options.clock.now(),
        newId: this.#options.newId,
        takeNumbers: (count) => this.#takeNumbers(count),
      },
    });
    switch (decision.kind) {
      case 'refused':
        return answered(this.#unlessStored(command, hash, decision));
      case 'unchanged':
        return answered(
          this.#unlessStored(command, hash, {
            kind: 'done',
            version: this.hot.version,
            durability: this.#options.store.durability,
            result: { records: {} },
            replayed: false,
          }),
        );
      case 'change':
        return this.#commit(command, hash, { decision, cold: records.cold.orders });
      default:
        return assertNever(decision);
    }
  }

  #commit(
    command: BranchCommand,
    hash: string,
    decided: {
      readonly decision: Extract<Decision, { kind: 'change' }>;
      readonly cold: readonly OrderAggregate[];
    },
  ): Promise<Attempt> {
    const { store, clock } = this.#options;
    const { changeSet, result, zNumberOf } = decided.decision;
    const raisesHorizon = this.hot.raisesHorizon(changeSet);
    const requiresShift = command.definition.needsOpenShift ? (this.hot.shift?.id ?? null) : null;
    const commandResult = { records: recordVersions(changeSet), ...result };
    return new Promise((resolve) => {
      const settle = (outcome: CommitOutcome): void => {
        if (outcome.kind === 'committed') {
          this.#publish(changeSet, { outcome, cold: decided.cold });
        }
        resolve(this.#attemptOf(command, hash, { outcome, result: commandResult }));
      };
      store.commit(
        {
          branchId: this.id,
          key: command.key,
          requestHash: hash,
          command: command.definition.name,
          actor: command.actor.staffId,
          deviceId: command.actor.deviceId,
          correlationId: command.correlationId,
          at: clock.now(),
          changeSet,
          result: commandResult,
          requiresShift,
          zNumberOf: zNumberOf ?? null,
          raisesHorizon,
        },
        settle,
      );
    });
  }

  #publish(
    changeSet: ChangeSet,
    settled: {
      readonly outcome: Extract<CommitOutcome, { kind: 'committed' }>;
      readonly cold: readonly OrderAggregate[];
    },
  ): void {
    const { outcome, cold } = settled;
    const written = committedChanges(changeSet, outcome.zNumber);
    this.hot.apply(written, outcome.version, cold);
    for (const change of written) {
      if (change.table === 'order_header') this.#options.cache.drop(change.after.id);
      else if ('order_id' in change.after) this.#options.cache.drop(change.after.order_id);
    }
    this.#options.publish(written, outcome.version);
  }

  #attemptOf(
    command: BranchCommand,
    hash: string,
    settled: {
      readonly outcome: CommitOutcome;
      readonly result: Readonly<Record<string, unknown>>;
    },
  ): Attempt | Promise<Attempt> {
    const { outcome, result } = settled;
    switch (outcome.kind) {
      case 'committed': {
        const done = answer({
          kind: 'done',
          version: outcome.version,
          durability: this.#options.store.durability,
          result,
          replayed: false,
        });
        const movedShift = command.definition.shift === 'exclusive';
        return movedShift ? this.#learnLastNumber().then(() => done) : done;
      }
      case 'duplicate':
        return answer(replayOf(outcome.answer, hash));
      case 'conflict':
        this.#options.log.warn(
          { branch: this.id, table: outcome.table, id: outcome.id },
          'decided on a record that had changed meanwhile; deciding again',
        );
        return { kind: 'again' };
      case 'exists':
        return answered(
          this.#unlessStored(command, hash, {
            kind: 'refused',
            refusal: refuse('already_exists', `a ${outcome.table} with this id exists already`, {
              details: { table: outcome.table, id: outcome.id },
            }),
          }),
        );
      case 'shift_closed':
        return answered(
          this.#unlessStored(command, hash, {
            kind: 'refused',
            refusal: refuse('shift_closed', 'the shift was closed meanwhile'),
          }),
        );
      case 'unavailable':
        return answer({
          kind: 'refused',
          refusal: refuse('storage_unavailable', `nothing was written: ${outcome.reason}`, {
            retryAfterMs: STORAGE_RETRY_MS,
          }),
        });
      default:
        return assertNever(outcome);
    }
  }

  /**
   * Before a refusal leaves (or the word that nothing had to change), the key is looked up: the retry of what went through
   * gets the answer that was given then.
   */
  async #unlessStored(
    command: BranchCommand,
    hash: string,
    otherwise: CommandAnswer,
  ): Promise<CommandAnswer> {
    const stored = await this.#options.store.answer(this.id, command.key);
    return stored === null ? otherwise : replayOf(stored, hash);
  }

  #takeNumbers(count: number): number {
    const first = this.#lastNumber + 1;
    this.#lastNumber += count;
    return first;
  }

  async #learnLastNumber(): Promise<void> {
    const { shift } = this.hot;
    if (shift === null) return;
    const last = await this.#options.store.lastNumber(this.id, shift.business_date);
    this.#lastNumber = last;
  }
}

const STORAGE_RETRY_MS = 2_000;

const keyReused = refuse(
  'idempotency_key_reused',
  'this key was used before with another command or payload; use a new key',
);

function answer(given: CommandAnswer): Attempt {
  return { kind: 'answer', answer: given };
}

async function answered(given: Promise<CommandAnswer>): Promise<Attempt> {
  return answer(await given);
}

function replayOf(
  stored: { readonly requestHash: string } & Omit<
    Extract<CommandAnswer, { kind: 'done' }>,
    'kind' | 'replayed'
  >,
  hash: string,
): CommandAnswer {
  if (stored.requestHash !== hash) return { kind: 'refused', refusal: keyReused };
  return {
    kind: 'done',
    version: stored.version,
    durability: stored.durability,
    result: stored.result,
    replayed: true,
  };
}
