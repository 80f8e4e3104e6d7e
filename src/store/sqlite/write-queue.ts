/**
 * The hub's side of the writer: hands commits over once a turn, settles them in order, and when the disk fails keeps
 * what was in flight until a reopened database has said what became of it.
 */
import { assertNever } from '../../base/assert.js';
import type { Cancel, Timers } from '../../base/clock.js';
import type { Histograms } from '../../base/histogram.js';
import type { Log } from '../../base/log.js';
import type { CommitOutcome, CommitRequest, Settle, StoreStatus } from '../port.js';
import { encodeRequest } from './encode.js';
import { GroupMeasures } from './group-measures.js';
import type {
  BranchHead,
  BranchVersions,
  CommitItem,
  FromWriter,
  ItemOutcome,
  ToWriter,
} from './messages.js';
import type { TaskName, TaskOf, TaskValue } from './tasks/task.js';
import { WaitingTasks } from './tasks/waiting-tasks.js';

/** Commits that wait for their outcome; more are refused. The hub's own bound on commands in flight is lower. */
const COMMITS_WAITING_MAX = 100_000;
/** Commits for which an idle writer is woken before the turn ends. */
const HAND_OVER_COMMITS = 32;
/** Waits between attempts to reopen: doubling from the first to the last. */
const REOPEN_WAIT_FIRST_MS = 50;
const REOPEN_WAIT_LAST_MS = 2_000;
/** How long a close waits for a database that is being reopened. */
const CLOSE_WAIT_MS = 5_000;

/** What the queue needs of a writer: it answers in the order in which it is posted to. */
export interface Writer {
  post(message: ToWriter): void;
  onMessage(listener: (message: FromWriter) => void): void;
  onEnd(listener: (reason: string) => void): void;
  end(): Promise<void>;
}

interface Waiting {
  readonly item: CommitItem;
  readonly settle: Settle;
}

export interface WriteQueueOptions {
  readonly timers: Timers;
  readonly log: Log;
  /** Starts a writer on the same file again. */
  readonly reopen: () => Writer;
}

type State =
  | { readonly kind: 'running'; readonly writer: Writer }
  | { readonly kind: 'recovering'; readonly writer: Writer | null; readonly cancel: Cancel }
  | { readonly kind: 'closing'; readonly writer: Writer }
  | { readonly kind: 'closed' };

export class WriteQueue {
  readonly #timers: Timers;
  readonly #log: Log;
  readonly #reopen: () => Writer;
  readonly #measures = new GroupMeasures();
  readonly #tasks = new WaitingTasks();
  readonly #listeners = new Set<(status: StoreStatus) => void>();
  readonly #settled: Map<string, number>;
  readonly #counts = { commits: 0, groups: 0, recoveries: 0, keys_expired_total: 0, wal_bytes: 0 };
  #state: State;
  #status: StoreStatus = { state: 'ready' };
  /** Handed in during this turn. */
  #gathered: Waiting[] = [];
  /** With the writer, in the order in which it was given them. */
  #inFlight: Waiting[] = [];
  #reopenWaitMs = REOPEN_WAIT_FIRST_MS;
  /** Called when nothing waits any more. */
  #onIdle: (() => void) | null = null;
  #onClosed: (() => void) | null = null;
  #onHeads: ((heads: readonly BranchHead[] | null) => void) | null = null;
  #onLook: ((changed: boolean | null) => void) | null = null;
  #draining = false;

  constructor(writer: Writer, heads: BranchVersions, options: WriteQueueOptions) {
    this.#timers = options.timers;
    this.#log = options.log;
    this.#reopen = options.reopen;
    this.#settled = new Map(heads);
    this.#state = { kind: 'running', writer };
    this.#listen(writer);
  }

  stats(): Readonly<Record<string, number>> {
    return { ...this.#counts, ...this.#tasks.stats(), queue_length: this.#waitingCount() };
  }

  get histograms(): Histograms {
    return this.#measures.histograms;
  }

  onStatus(listener: (status: StoreStatus) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#status);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  commit(request: CommitRequest, settle: Settle): void {
    const refusal = this.#refusal();
    if (refusal !== null) {
      setImmediate(settle, { kind: 'unavailable', reason: refusal });
      return;
    }
    this.#gathered.push({ item: encodeRequest(request), settle });
    // An idle writer starts on the first few while the hub decides the rest of this turn.
    if (this.#inFlight.length === 0 && this.#gathered.length >= HAND_OVER_COMMITS) {
      this.#handOver();
    } else if (this.#gathered.length === 1) {
      // At the end of the turn, so that all that came in with it shares a group; never on a timer.
      setImmediate(() => {
        this.#handOver();
      });
    }
  }

  /**
   * The heads that moved since this was last asked, of all branches after a reopening, none ahead of what is settled.
   * null: there is no writer to ask. Asked once at a time.
   */
  movedHeads(): Promise<readonly BranchHead[] | null> {
    if (this.#state.kind !== 'running') return Promise.resolve(null);
    this.#state.writer.post({ type: 'heads' });
    return new Promise((resolve) => {
      this.#onHeads = resolve;
    });
  }

  /** Whether another connection wrote since this was last asked; null: there is no writer to ask. Asked once at a time. */
  outsideChanged(): Promise<boolean | null> {
    if (this.#state.kind !== 'running') return Promise.resolve(null);
    this.#state.writer.post({ type: 'look' });
    return new Promise((resolve) => {
      this.#onLook = resolve;
    });
  }

  /** Has the keys taken away whose time was over at `now`: beside the commits, and the next time where nobody writes now. */
  expireKeys(now: number): void {
    if (this.#state.kind === 'running') this.#state.writer.post({ type: 'expire', now });
  }

  /** Has the writer do this between two groups. Rejects with a TaskError where that is not done, or nobody knows. */
  task<N extends TaskName>(task: TaskOf<N>): Promise<TaskValue<N>> {
    const open = !this.#draining && this.#state.kind === 'running';
    return this.#tasks.begin(task, open ? this.#writer() : null);
  }

  /** Takes no more commits and tasks, and waits until the commits that it has are settled. */
  async drain(): Promise<void> {
    this.#draining = true;
    if (await this.#waitUntilIdle()) return;
    const unsettled = this.#waitingCount();
    this.#log.error({ unsettled }, 'closed before the disk said what became of these commits');
  }

  /** After `drain`: marks the run as ended well, and ends the writer. */
  async close(): Promise<void> {
    if (this.#state.kind === 'running') await this.#closeWriter(this.#state.writer);
    else if (this.#state.kind === 'recovering') {
      this.#state.cancel();
      const { writer } = this.#state;
      this.#state = { kind: 'closed' };
      await writer?.end();
    }
  }

  #refusal(): string | null {
    if (this.#draining) return 'the store is closed';
    if (this.#state.kind === 'recovering') return 'the store is being reopened';
    if (this.#waitingCount() >= COMMITS_WAITING_MAX) return 'too many commits are waiting';
    return null;
  }

  #waitingCount(): number {
    return this.#gathered.length + this.#inFlight.length;
  }

  #handOver(): void {
    const gathered = this.#gathered;
    if (gathered.length === 0 || this.#state.kind !== 'running') return;
    this.#gathered = [];
    for (const waiting of gathered) this.#inFlight.push(waiting);
    this.#state.writer.post({ type: 'commits', items: gathered.map(({ item }) => item) });
  }

  #listen(writer: Writer): void {
    writer.onMessage((message) => {
      if (writer === this.#writer()) this.#hear(message);
    });
    writer.onEnd((reason) => {
      if (writer === this.#writer()) this.#lost(reason);
    });
  }

  #writer(): Writer | null {
    return this.#state.kind === 'closed' ? null : this.#state.writer;
  }

  #hear(message: FromWriter): void {
    switch (message.type) {
      case 'settled':
        this.#counts.groups += 1;
        this.#counts.wal_bytes = message.walBytes;
        this.#measures.note(message.outcomes.length, message.spent);
        for (const bug of message.bugs) {
          const err = new Error(bug.reason);
          this.#log.error({ ...bug, err }, 'the schema refused a change set: a bug');
        }
        this.#settle(message.outcomes);
        this.#setFull(message.full);
        break;
      case 'upgrading':
        break;
      case 'opened':
        this.#recover();
        break;
      case 'heads':
        this.#tellHeads(message.heads);
        break;
      case 'looked':
        this.#tellLook(message.changed);
        break;
      case 'expired':
        this.#counts.keys_expired_total += message.keys;
        break;
      case 'task_done':
        this.#tasks.settle(message.id, message.outcome);
        break;
      case 'recovered':
        this.#recovered(message.outcomes);
        break;
      case 'open_failed':
      case 'failed':
        this.#lost(message.reason);
        break;
      case 'closed':
        this.#onClosed?.();
        break;
      default:
        assertNever(message);
    }
  }

  #settle(outcomes: readonly ItemOutcome[]): void {
    const settled = this.#inFlight.splice(0, outcomes.length);
    for (const [index, waiting] of settled.entries()) {
      const outcome = outcomes[index];
      if (outcome !== undefined) this.#tell(waiting, outcome);
    }
    this.#idle();
  }

  /** A listener that throws is a bug of its own: the commits after it are settled all the same. */
  #tell({ item, settle }: Waiting, outcome: ItemOutcome): void {
    const told: CommitOutcome =
      typeof outcome === 'number'
        ? { kind: 'committed', version: outcome, zNumber: null }
        : outcome;
    if (told.kind === 'committed') {
      this.#counts.commits += 1;
      this.#settled.set(item[0], told.version);
    }
    try {
      settle(told);
    } catch (error) {
      const place = { command: item[3], branch: item[0] };
      this.#log.error({ err: error, ...place }, 'a settle threw: a bug');
    }
  }

  #idle(): void {
    if (this.#waitingCount() > 0 || this.#onIdle === null) return;
    const idle = this.#onIdle;
    this.#onIdle = null;
    idle();
  }

  #tellHeads(heads: readonly BranchHead[] | null): void {
    this.#onHeads?.(heads);
    this.#onHeads = null;
  }

  #tellLook(changed: boolean | null): void {
    this.#onLook?.(changed);
    this.#onLook = null;
  }

  #setFull(reason: string | null): void {
    if (reason !== null) this.#setStatus({ state: 'full', reason });
    else if (this.#status.state === 'full') this.#setStatus({ state: 'ready' });
  }

  #setStatus(status: StoreStatus): void {
    if (status.state !== this.#status.state) {
      const level = status.state === 'ready' ? 'info' : 'error';
      this.#log[level]({ ...status }, `the store is ${status.state}`);
    }
    this.#status = status;
    for (const listener of this.#listeners) listener(status);
  }

  /** The writer failed or ended: nothing in flight is settled, what it was not given is refused. */
  #lost(reason: string): void {
    if (this.#state.kind === 'closed') return;
    this.#tasks.lose(reason);
    if (this.#state.kind === 'closing') {
      this.#onClosed?.();
      return;
    }
    this.#tellHeads(null);
    this.#tellLook(null);
    void this.#state.writer?.end();
    const wait = this.#state.kind === 'running' ? 0 : this.#reopenWaitMs;
    this.#reopenWaitMs =
      wait === 0 ? REOPEN_WAIT_FIRST_MS : Math.min(wait * 2, REOPEN_WAIT_LAST_MS);
    const cancel = this.#timers.after(wait, () => {
      this.#attempt();
    });
    this.#state = { kind: 'recovering', writer: null, cancel };
    const refused = this.#gathered;
    this.#gathered = [];
    this.#setStatus({ state: 'recovering', reason });
    setImmediate(() => {
      for (const waiting of refused) this.#tell(waiting, { kind: 'unavailable', reason });
    });
  }

  #attempt(): void {
    if (this.#state.kind !== 'recovering') return;
    const writer = this.#reopen();
    this.#state = { ...this.#state, writer };
    this.#listen(writer);
  }

  #recover(): void {
    const items = this.#inFlight.map(({ item }) => item);
    this.#writer()?.post({ type: 'recover', items, settled: [...this.#settled] });
  }

  /** Settles all that was in flight in one turn: what was committed in the order of its versions, then the rest. */
  #recovered(outcomes: readonly ItemOutcome[]): void {
    if (this.#state.kind !== 'recovering' || this.#state.writer === null) return;
    const pairs = this.#inFlight.map((waiting, index) => ({ waiting, outcome: outcomes[index] }));
    this.#inFlight = [];
    this.#state = { kind: 'running', writer: this.#state.writer };
    this.#reopenWaitMs = REOPEN_WAIT_FIRST_MS;
    this.#counts.recoveries += 1;
    pairs.sort((a, b) => versionOf(a.outcome) - versionOf(b.outcome));
    for (const { waiting, outcome } of pairs) {
      if (outcome !== undefined) this.#tell(waiting, outcome);
    }
    this.#setStatus({ state: 'ready' });
    this.#idle();
  }

  async #closeWriter(writer: Writer): Promise<void> {
    this.#state = { kind: 'closing', writer };
    await new Promise<void>((resolve) => {
      this.#onClosed = resolve;
      writer.post({ type: 'close' });
    });
    this.#state = { kind: 'closed' };
    await writer.end();
  }

  /** False: it took too long, which only happens while the disk is broken. */
  #waitUntilIdle(): Promise<boolean> {
    if (this.#waitingCount() === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const cancel = this.#timers.after(CLOSE_WAIT_MS, () => {
        if (this.#state.kind === 'running') return;
        this.#onIdle = null;
        resolve(false);
      });
      this.#onIdle = () => {
        cancel();
        resolve(true);
      };
    });
  }
}

function versionOf(outcome: ItemOutcome | undefined): number {
  if (typeof outcome === 'number') return outcome;
  return outcome?.kind === 'committed' ? outcome.version : Number.MAX_SAFE_INTEGER;
}
