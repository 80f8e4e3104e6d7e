/** The tills of a measurement: connections that give work, as fast as the answers come or at a steady rate. */
import type { ViewName } from '#dist/protocol/messages.js';
import type { LatencySummary } from '../measure/latency.js';
import { Latencies } from '../measure/latency.js';
import { monotonicNow } from '../measure/now.js';
import { canonical, ChannelCopy } from './channel-copy.js';
import { LastArrivals, type Arrival } from './last-arrivals.js';
import { expectAck, Till, type Command, type Following } from './till.js';
import { MixedWork, SmallUpdates, type Task, type Work } from './work.js';

export type WorkKind = 'small updates' | 'as in life';

export interface TillsOptions {
  readonly port: number;
  readonly tokens: readonly string[];
  readonly branchId?: string;
  /** Orders of five lines that small updates go round. */
  readonly ordersPrepared: number;
  /** A channel that every till follows, counting what arrives; the first also decodes and checks. */
  readonly follow?: ViewName;
}

/** An acknowledgement: the branch version of the commit, when it arrived (monotonic milliseconds), and of what. */
export type Acknowledged = readonly [version: number, at: number, command: string];

/** What arrived at tills that follow a channel. */
export interface TillsFollowed {
  readonly deliveries: number;
  readonly lastArrivals: readonly Arrival[];
  /** What a till was told wrong, or holds that a newcomer is not given; empty: nothing. */
  readonly faults: readonly string[];
}

export interface LoadReport {
  readonly commands: number;
  readonly seconds: number;
  readonly latency: LatencySummary;
  /** Answers in each tenth of a second. */
  readonly perTenth: readonly number[];
  /** Where it was asked for. */
  readonly acknowledged: readonly Acknowledged[];
}

export interface ClosedLoop {
  readonly work: WorkKind;
  /** Commands under way at any time, spread over the tills. */
  readonly outstanding: number;
  readonly seconds: number;
  /** Time before the measurement, with the same load. */
  readonly warmUpSeconds: number;
}

export interface SteadyRate {
  readonly work: WorkKind;
  readonly perSecond: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly keepAcknowledged: boolean;
}

const TENTH_MS = 100;
/** Of a restaurant at rush hour. */
const ORDERS_UNDER_WAY = 64;
/** A timer may be this late; it is set so much earlier, and what is left is waited for in turns of the event loop. */
const TIMER_LATE_MS = 2;
/** At higher rates that would be most of the time, and of a core; commands may be a millisecond late instead. */
const PRECISE_PER_SECOND_MAX = 100;

/** A command that leaves late through the generator's own timer is charged to the hub. */
function wakeFor(dueAt: number, perSecond: number, act: () => void): void {
  const wait = dueAt - monotonicNow();
  if (wait > TIMER_LATE_MS) setTimeout(act, wait - TIMER_LATE_MS);
  else if (perSecond > PRECISE_PER_SECOND_MAX) setTimeout(act, 0);
  else setImmediate(act);
}

export class Tills {
  readonly #options: TillsOptions;
  #tills: Till[] = [];
  readonly #copies: ChannelCopy[] = [];
  readonly #arrivals = new LastArrivals();
  readonly #work = new Map<WorkKind, Work>();
  /** The newest commit that was acknowledged to any of them. */
  newestVersion = 0;

  constructor(options: TillsOptions) {
    this.#options = options;
  }

  /** Connects, opens the shift where none is open, and prepares the work. */
  async open(kinds: readonly WorkKind[]): Promise<void> {
    const { port, tokens, branchId } = this.#options;
    for (const token of tokens) {
      this.#tills.push(await Till.open(port, token, branchId, this.#following()));
    }
    const opened = await this.#till(0).give({ name: 'shift.open', payload: { opening_float: 0 } });
    if (opened.type === 'error' && opened.code !== 'already_exists') {
      throw new Error(opened.message);
    }
    for (const kind of kinds) this.#work.set(kind, await this.#prepare(kind));
  }

  close(): void {
    for (const till of this.#tills) till.close();
    this.#tills = [];
  }

  /** Each answer is followed by the next command. Latency is from the sending to the answer. */
  closedLoop({ work: kind, outstanding, seconds, warmUpSeconds }: ClosedLoop): Promise<LoadReport> {
    const work = this.#workOf(kind);
    const measure = new Measurement(warmUpSeconds, seconds);
    return new Promise((resolve, reject) => {
      let running = outstanding;
      const step = (till: Till): void => {
        const sentAt = monotonicNow();
        if (sentAt >= measure.endsAt) {
          running -= 1;
          if (running === 0) resolve(measure.report());
          return;
        }
        this.#give(till, work.next(), {
          answered: (version, command) => {
            measure.answered(sentAt, version, command);
            step(till);
          },
          failed: reject,
        });
      };
      for (let nth = 0; nth < outstanding; nth += 1) step(this.#till(nth));
    });
  }

  /**
   * Commands leave by a schedule, whether or not the ones before were answered. Latency is from the moment at which a command was
   * due, so that a hub that stalls is charged for all that had to wait.
   */
  steadyRate(options: SteadyRate): Promise<LoadReport> {
    const { work: kind, perSecond, seconds, warmUpSeconds, keepAcknowledged } = options;
    const work = this.#workOf(kind);
    const measure = new Measurement(warmUpSeconds, seconds, keepAcknowledged);
    const total = Math.round((warmUpSeconds + seconds) * perSecond);
    return new Promise((resolve, reject) => {
      let given = 0;
      let answered = 0;
      const giveDue = (): void => {
        const now = monotonicNow();
        for (; given < total; given += 1) {
          const dueAt = measure.startedAt + (given * 1_000) / perSecond;
          if (dueAt > now) break;
          this.#give(this.#till(given), work.next(), {
            answered: (version, command) => {
              measure.answered(dueAt, version, command);
              answered += 1;
              if (answered === total) resolve(measure.report());
            },
            failed: reject,
          });
        }
        const nextDueAt = measure.startedAt + (given * 1_000) / perSecond;
        if (given < total) wakeFor(nextDueAt, perSecond, giveDue);
      };
      giveDue();
    });
  }

  #give(
    till: Till,
    { command, done }: Task,
    then: {
      readonly answered: (version: number, command: string) => void;
      readonly failed: (error: unknown) => void;
    },
  ): void {
    till.giveThen(command, (answer) => {
      try {
        const ack = expectAck(command, answer);
        done(ack);
        this.newestVersion = Math.max(this.newestVersion, ack.version ?? 0);
        then.answered(ack.version ?? 0, command.name);
      } catch (error) {
        then.failed(error);
      }
    });
  }

  /** Compares the copy that the first till holds with what a newcomer is given, once no more is under way. */
  async followed(): Promise<TillsFollowed> {
    const { port, tokens, branchId, follow } = this.#options;
    const [first] = this.#copies;
    if (follow === undefined || first === undefined) throw new Error('the tills follow nothing');
    const copy = new ChannelCopy(true, () => {});
    (await Till.open(port, tokens[0] ?? '', branchId, { view: follow, copy })).close();
    const differs = canonical(copy.replica) !== canonical(first.replica);
    return {
      deliveries: this.#copies.reduce((sum, { deltas }) => sum + deltas, 0),
      lastArrivals: this.#arrivals.all(),
      faults: [
        ...this.#copies.flatMap(({ faults }) => faults),
        ...(differs ? ["a till's copy differs from a fresh snapshot"] : []),
      ],
    };
  }

  #following(): Following | null {
    const { follow } = this.#options;
    if (follow === undefined) return null;
    const copy = new ChannelCopy(this.#copies.length === 0, (payload, nth) => {
      this.#arrivals.note(payload, nth);
    });
    this.#copies.push(copy);
    return { view: follow, copy };
  }

  async #prepare(kind: WorkKind): Promise<Work> {
    const give = async (command: Command) => expectAck(command, await this.#till(0).give(command));
    if (kind === 'as in life') return MixedWork.prepare(ORDERS_UNDER_WAY, give);
    return SmallUpdates.prepare(this.#options.ordersPrepared, give);
  }

  #till(nth: number): Till {
    const till = this.#tills[nth % this.#tills.length];
    if (till === undefined) throw new Error('no till is open');
    return till;
  }

  #workOf(kind: WorkKind): Work {
    const work = this.#work.get(kind);
    if (work === undefined) throw new Error(`"${kind}" was not prepared`);
    return work;
  }
}

/** Counts the answers that came between the end of the warming up and the end. */
class Measurement {
  readonly startedAt = monotonicNow();
  readonly #from: number;
  readonly endsAt: number;
  readonly #latencies = new Latencies();
  readonly #perTenth: number[];
  readonly #acknowledged: Acknowledged[] | null;
  #count = 0;

  constructor(warmUpSeconds: number, seconds: number, keepAcknowledged = false) {
    this.#from = this.startedAt + warmUpSeconds * 1_000;
    this.endsAt = this.#from + seconds * 1_000;
    this.#perTenth = Array.from({ length: Math.ceil(seconds * 10) }, () => 0);
    this.#acknowledged = keepAcknowledged ? [] : null;
  }

  answered(since: number, version: number, command: string): void {
    const now = monotonicNow();
    if (now < this.#from || now >= this.endsAt) return;
    this.#count += 1;
    this.#latencies.record(now - since);
    const tenth = Math.floor((now - this.#from) / TENTH_MS);
    this.#perTenth[tenth] = (this.#perTenth[tenth] ?? 0) + 1;
    this.#acknowledged?.push([version, now, command]);
  }

  report(): LoadReport {
    return {
      commands: this.#count,
      seconds: (this.endsAt - this.#from) / 1_000,
      latency: this.#latencies.summary(),
      perTenth: this.#perTenth,
      acknowledged: this.#acknowledged ?? [],
    };
  }
}
