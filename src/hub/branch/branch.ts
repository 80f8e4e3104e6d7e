/**
 * One branch: lock, decide, commit, publish. The only writer of its hot records, which change after the commit and in version
 * order; every answer and every delta leaves after the fsync that covers it.
 */
import type { ChangeSet } from '../../domain/change-set.js';
import type { Actor } from '../../domain/command.js';
import type { OrderAggregate } from '../../domain/rows.js';
import { HotBranch } from '../../store/hot/hot-branch.js';
import type { CommitOutcome, LoadedBranch } from '../../store/port.js';
import type { SecretChange } from '../../store/secrets.js';
import { RecordLocks, type Release } from '../locks.js';
import { ShiftGate, type ShiftHold } from '../shift-gate.js';
import type { CommandAnswer } from './answer.js';
import type { BranchOptions } from './branch-options.js';
import { ColdReader } from './cold-reader.js';
import type { BranchCommand } from './command.js';
import { CommandRun, type CommandHost, type Committed } from './command-run.js';
import { committedChanges } from './committed.js';
import { OrderLeases } from './order-leases.js';
import { requestHash } from './request-hash.js';
import { RunningCommands } from './running-commands.js';

/** What happens to logins: who did it, from where, and what is written of it. */
export interface SecretCommit {
  /** As it stands in the event: `auth.login`. */
  readonly command: string;
  readonly actor: Pick<Actor, 'staffId' | 'deviceId'>;
  readonly correlationId: string | null;
  readonly secrets: readonly SecretChange[];
}

export class BranchHub implements CommandHost {
  readonly hot: HotBranch;
  readonly leases: OrderLeases;
  readonly reader: ColdReader;
  readonly options: BranchOptions;
  readonly #gate = new ShiftGate();
  readonly #locks = new RecordLocks();
  readonly #running: RunningCommands;
  /** The highest order number handed out on the open shift's business date. */
  #lastNumber = 0;

  constructor(loaded: LoadedBranch, options: BranchOptions) {
    this.hot = new HotBranch(loaded);
    this.options = options;
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
    await this.learnLastNumber();
  }

  /** Takes its place in every queue before it returns, so that commands keep the order in which they were handed in. */
  execute(command: BranchCommand): Promise<CommandAnswer> {
    const hash = requestHash(command.definition.name, command.payload);
    return this.#running.once(command.key, hash, (end) => {
      new CommandRun(this, command, hash, end).start();
    });
  }

  /** Commits secrets that go with no change of a row, as an event of their own. */
  keep({ command, actor, correlationId, secrets }: SecretCommit): Promise<CommitOutcome> {
    const { store, clock } = this.options;
    const request = {
      branchId: this.id,
      key: null,
      requestHash: '',
      command,
      actor: actor.staffId,
      deviceId: actor.deviceId,
      correlationId,
      at: clock.now(),
      changeSet: [],
      result: { records: {} },
      requiresShift: null,
      zNumberOf: null,
      raisesHorizon: false,
      secrets,
    };
    return new Promise((resolve) => {
      store.commit(request, (outcome) => {
        if (outcome.kind === 'committed') this.publish([], outcome, []);
        resolve(outcome);
      });
    });
  }

  hold(shift: ShiftHold, recordNames: readonly string[]): Release | Promise<Release> {
    const ofShift = this.#gate.acquire(shift);
    const ofRecords = this.#locks.acquire(recordNames);
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

  publish(changeSet: ChangeSet, outcome: Committed, cold: readonly OrderAggregate[]): void {
    const { cache, publish } = this.options;
    const written = committedChanges(changeSet, outcome.zNumber);
    this.hot.apply(written, outcome.version, cold);
    for (const change of written) {
      if (change.table === 'order_header') cache.drop(change.after.id);
      else if ('order_id' in change.after) cache.drop(change.after.order_id);
    }
    publish(written, outcome.version);
  }

  takeNumbers(count: number): number {
    const first = this.#lastNumber + 1;
    this.#lastNumber += count;
    return first;
  }

  async learnLastNumber(): Promise<void> {
    const { shift } = this.hot;
    if (shift === null) return;
    this.#lastNumber = await this.options.store.lastNumber(this.id, shift.business_date);
  }
}
