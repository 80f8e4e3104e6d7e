/** The tills of a measurement: connections that give work, as fast as the answers come or at a steady rate. */
import type { LatencySummary } from '../measure/latency.js';
import { Latencies } from '../measure/latency.js';
import { monotonicNow } from '../measure/now.js';
import { expectAck, Till, type Command } from './till.js';
import { MixedWork, SmallUpdates, type Task, type Work } from './work.js';

export type WorkKind = 'small updates' | 'as in life';

export interface TillsOptions {
  readonly port: number;
  readonly tokens: readonly string[];
  readonly branchId?: string;
  /** Orders of five lines that small updates go round. */
  readonly ordersPrepared: number;
}

export interface LoadReport {
  readonly commands: number;
  readonly seconds: number;
  readonly latency: LatencySummary;
  /** Answers in each tenth of a second. */
  readonly perTenth: readonly number[];
  /** `[version, monotonic milliseconds]` of each acknowledgement, where it was asked for. */
  readonly acknowledged: readonly (readonly [number, number])[];
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

export class Tills {
  readonly #options: TillsOptions;
  #tills: Till[] = [];
  readonly #work = new Map<WorkKind, Work>();
  /** The newest commit that was acknowledged to any of them. */
  newestVersion = 0;

  constructor(options: TillsOptions) {
    this.#options = options;
  }

  /** Connects, opens the shift where none is open, and prepares the work. */
  async open(kinds: readonly WorkKind[]): Promise<void> {
    const { port, tokens, branchId } = this.#options;
    for (const token of tokens) this.#tills.push(await Till.open(port, token, branchId));
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
          answered: (version) => {
            measure.answered(sentAt, version);
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
            answered: (version) => {
              measure.answered(dueAt, version);
              answered += 1;
              if (answered === total) resolve(measure.report());
            },
            failed: reject,
          });
        }
        if (given < total) setTimeout(giveDue, 0);
      };
      giveDue();
    });
  }

  #give(
    till: Till,
    { command, done }: Task,
    then: {
      readonly answered: (version: number) => void;
      readonly failed: (error: unknown) => void;
    },
  ): void {
    till.giveThen(command, (answer) => {
      try {
        const ack = expectAck(command, answer);
        done(ack);
        this.newestVersion = Math.max(this.newestVersion, ack.version ?? 0);
        then.answered(ack.version ?? 0);
      } catch (error) {
        then.failed(error);
      }
    });
  }

  async #prepare(kind: WorkKind): Promise<Work> {
    if (kind === 'as in life') return new MixedWork();
    const give = async (command: Command) => expectAck(command, await this.#till(0).give(command));
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
  readonly #acknowledged: (readonly [number, number])[] | null;
  #count = 0;

  constructor(warmUpSeconds: number, seconds: number, keepAcknowledged = false) {
    this.#from = this.startedAt + warmUpSeconds * 1_000;
    this.endsAt = this.#from + seconds * 1_000;
    this.#perTenth = Array.from({ length: Math.ceil(seconds * 10) }, () => 0);
    this.#acknowledged = keepAcknowledged ? [] : null;
  }

  answered(since: number, version: number): void {
    const now = monotonicNow();
    if (now < this.#from || now >= this.endsAt) return;
    this.#count += 1;
    this.#latencies.record(now - since);
    const tenth = Math.floor((now - this.#from) / TENTH_MS);
    this.#perTenth[tenth] = (this.#perTenth[tenth] ?? 0) + 1;
    this.#acknowledged?.push([version, now]);
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
