/** The parts of a client that sells on without its hub, put together: the queue, what is laid over the channels, numbers. */
import type { Cancel, Clock, Timers } from '../../base/clock.js';
import type { NewId } from '../../base/ids.js';
import type { Log } from '../../base/log.js';
import type { CommandPayloads } from '../../domain/registry.js';
import type { ClientHeartbeat, Encoding, WelcomeMessage } from '../../protocol/messages.js';
import type { BranchGetResult, OrderGetResult } from '../../protocol/results.js';
import type { Replica } from '../replica/replica.js';
import type { Truth } from '../replica/truth.js';
import type { Commands } from '../requests/commands.js';
import type { ClientStorage } from '../storage/storage.js';
import { Facts } from './facts.js';
import { soleLeader, type Leadership } from './leadership.js';
import { Numbers } from './numbers.js';
import { OptimisticView } from './optimistic.js';
import { Overlay } from './overlay.js';
import { planOf } from './plan.js';
import { Queue } from './queue.js';
import { Seen } from './seen.js';
import { pageLeadership } from './page-leadership.js';
import { Sender, type QueueHub, type Session } from './sender.js';
import { StoredQueue } from './stored-queue.js';

/** Of the commands that may be in flight the queue takes this part: a person at the till does not wait behind a long queue. */
const SLOTS_PART = 0.5;

export interface OfflineParts {
  readonly storage: ClientStorage;
  readonly encoding: Encoding;
  /** null: one of the pages that hold the storage open leads; where nobody else can, this client. */
  readonly leadership: Leadership | null;
  /** Order numbers kept ready; 0: none. */
  readonly numbersReady: number;
  readonly commands: Commands;
  readonly branchGet: (branchId: string) => Promise<BranchGetResult>;
  readonly orderGet: (branchId: string, orderId: string) => Promise<OrderGetResult>;
  readonly truth: Truth;
  readonly serverNow: () => number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly newId: NewId;
  readonly log: Log;
}

export class Offline {
  readonly queue: Queue;
  /** null: none are kept ready. */
  readonly numbers: Numbers | null;
  readonly #truth: Truth;
  readonly #stored: StoredQueue;
  readonly #seen: Seen;
  readonly #sender: Sender;
  readonly #facts: Facts;
  readonly #overlay: Overlay;
  readonly #followed = new WeakSet<Replica>();
  readonly #views = new Map<Replica, OptimisticView>();
  #session: Session | null = null;
  #endLead: Cancel = () => undefined;

  constructor(parts: OfflineParts) {
    const { storage, truth, timers, newId, log } = parts;
    const byStorage =
      storage.sharedAs === null ? soleLeader : pageLeadership({ storage, timers, newId });
    const leadership = parts.leadership ?? byStorage;
    this.#truth = truth;
    this.#facts = new Facts(parts);
    this.#stored = new StoredQueue(storage);
    this.#seen = new Seen(truth, timers, () => this.#session?.epoch ?? null);
    this.#overlay = new Overlay({
      stored: this.#stored,
      truth,
      seen: this.#seen,
      facts: this.#facts,
    });
    this.#sender = new Sender({
      stored: this.#stored,
      hub: this.#hub(parts),
      truth,
      seen: this.#seen,
      timers,
      log,
    });
    this.numbers = this.#leasedNumbers(parts);
    const ready = Promise.all([this.#stored.read(), this.#facts.ready]).then(() => undefined);
    this.queue = new Queue({
      ...parts,
      stored: this.#stored,
      overlay: this.#overlay,
      facts: this.#facts,
      numbers: this.numbers,
      plan: () => this.#plan(),
      ready,
    });
    this.#stored.onChange(() => {
      this.#sender.pump();
    });
    this.#facts.onChange(() => {
      this.numbers?.refill();
      for (const view of this.#views.values()) view.refold();
    });
    ready.then(
      () => {
        // Whoever shares the storage shares the queue.
        this.#endLead = leadership(`queue ${storage.sharedAs ?? ''}`, () => {
          this.#lead(log);
        });
      },
      (cause: unknown) => {
        log.error({ cause }, 'the queue could not be read: nothing queued is sent');
      },
    );
  }

  /** Whoever led before may have written to the last moment, and told nobody. */
  #lead(log: Log): void {
    this.#stored
      .read()
      .catch((cause: unknown) => {
        log.error({ cause }, 'the queue could not be read again: what is known of it is sent');
      })
      .finally(() => {
        this.#sender.lead();
      });
  }

  connected(welcome: WelcomeMessage): void {
    const { epoch, principal, limits } = welcome;
    const slots = Math.max(1, Math.floor(limits.commands_in_flight_max * SLOTS_PART));
    this.#session = { branchId: principal.branch_id, epoch, slots };
    this.#facts.welcomed(welcome);
    this.numbers?.connected();
    this.#sender.resume();
  }

  disconnected(): void {
    this.#session = null;
  }

  /** What this device still owes the hub, for its heartbeats. */
  owed(): NonNullable<ClientHeartbeat['queue']> {
    return { length: this.queue.length, oldestAt: this.queue.oldestAt };
  }

  /** The replica is one of those that show what the hub has done. */
  follow(replica: Replica): void {
    if (this.#followed.has(replica)) return;
    this.#followed.add(replica);
    replica.onRows((changes) => {
      this.#views.get(replica)?.rebase(changes);
      if (changes.some(({ table, before }) => table === 'pos_shift' && before === null)) {
        this.#facts.refresh();
        this.#sender.resume();
      }
      this.#sender.shown();
    });
  }

  /** The replica's rows with what is queued laid over them; the same view for the same replica. */
  view(replica: Replica): OptimisticView {
    let view = this.#views.get(replica);
    if (view === undefined) {
      view = new OptimisticView({ base: replica, stored: this.#stored, overlay: this.#overlay });
      this.#views.set(replica, view);
    }
    return view;
  }

  /** What is under way is finished by the next client on this storage. */
  close(): void {
    this.#session = null;
    this.#endLead();
    this.#sender.stop();
    this.#stored.close();
    this.numbers?.close();
  }

  #plan(): ReturnType<typeof planOf> {
    return planOf(this.#stored.entries, {
      branchId: this.#session?.branchId ?? null,
      isBusy: () => false,
      isSeen: (entry) => this.#seen.has(entry),
    });
  }

  #hub({ commands, orderGet }: OfflineParts): QueueHub {
    const session = (): Session | null => this.#session;
    return {
      get session() {
        return session();
      },
      order: orderGet,
      shiftMayBeAnother: () => {
        this.#facts.refresh();
      },
      command: ({ key, name, branchId, payload, at }, expect) =>
        commands.give(name, payload as CommandPayloads[typeof name], {
          key,
          branchId,
          expect,
          clientAt: at,
          retryMs: Infinity,
          conflictsMax: 0,
        }),
    };
  }

  #leasedNumbers({ numbersReady, commands, storage, newId, log }: OfflineParts): Numbers | null {
    if (numbersReady === 0) return null;
    return new Numbers({
      storage,
      keep: numbersReady,
      shiftId: () => this.#shiftId(),
      isLive: () => this.#session !== null,
      lease: (key, count) => commands.give('numbers.lease', { count }, { key }),
      newId,
      log,
    });
  }

  /** As the shift's channel shows it, where it is followed; else as the hub last said. */
  #shiftId(): string | null {
    const branchId = this.#facts.principal?.branch_id ?? '';
    for (const [id, row] of this.#truth.reader(branchId).table('pos_shift')) {
      if (row['status'] === 'open') return id;
    }
    return this.#facts.branch?.shift?.id ?? null;
  }
}

/** Makes the part of a client that goes on without its hub. */
export type OpenOffline = (parts: OfflineParts) => Offline;

/** For the option `offline`. */
export const offlineQueue: OpenOffline = (parts) => new Offline(parts);
