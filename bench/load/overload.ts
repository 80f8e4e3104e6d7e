/**
 * Offers a hub more than it can do: commands leave by a schedule, whatever became of those before. What is refused as
 * `overloaded` is given again later, as a till would; any other refusal ends the measurement.
 */
import { Latencies, type LatencySummary } from '../measure/latency.js';
import { monotonicNow } from '../measure/now.js';
import { expectAck, Till, type Answer, type Command } from './till.js';
import { MixedWork, type Task } from './work.js';

export interface OverloadOptions {
  readonly port: number;
  readonly tokens: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
  /** Time before the measurement, with the same load. */
  readonly warmUpSeconds: number;
}

/** By the first word of a command's name. */
type ByKind = Readonly<Record<string, { readonly given: number; readonly shed: number }>>;

export interface OverloadReport {
  readonly given: number;
  readonly acknowledged: number;
  readonly seconds: number;
  /** From the sending to the acknowledgement. */
  readonly latency: LatencySummary;
  readonly byKind: ByKind;
  /** Without an answer a while after the last was given; has to be 0. */
  readonly unanswered: number;
}

const ORDERS_UNDER_WAY = 1_000;
/** So many that were refused wait for their next turn before nothing new is begun. */
const REFUSED_MAX = 2_000;
/** The generator gives at most this long in one go, then reads answers. */
const BURST_MS = 5;
const LAST_ANSWERS_MS = 5_000;

export class Overload {
  readonly #options: OverloadOptions;
  readonly #tills: readonly Till[];
  readonly #work: MixedWork;
  readonly #refused: Task[] = [];
  readonly #latencies = new Latencies();
  readonly #byKind = new Map<string, { given: number; shed: number }>();
  #from = 0;
  #until = 0;
  #given = 0;
  #acknowledged = 0;
  #unanswered = 0;
  #sent = 0;
  #failed: Error | null = null;

  private constructor(options: OverloadOptions, tills: readonly Till[], work: MixedWork) {
    this.#options = options;
    this.#tills = tills;
    this.#work = work;
  }

  static async run(options: OverloadOptions): Promise<OverloadReport> {
    const { port, tokens } = options;
    const tills = await Promise.all(tokens.map((token) => Till.open(port, token)));
    const [first] = tills;
    if (first === undefined) throw new Error('no tills');
    try {
      const give = async (command: Command) => expectAck(command, await first.give(command));
      const work = await MixedWork.prepare(ORDERS_UNDER_WAY, give);
      return await new Overload(options, tills, work).#run();
    } finally {
      for (const till of tills) till.close();
    }
  }

  async #run(): Promise<OverloadReport> {
    const { perSecond, seconds, warmUpSeconds } = this.#options;
    const startedAt = monotonicNow();
    this.#from = startedAt + warmUpSeconds * 1_000;
    this.#until = this.#from + seconds * 1_000;
    for (let now = startedAt; now < this.#until; now = monotonicNow()) {
      const due = ((now - startedAt) * perSecond) / 1_000;
      while (this.#sent < due && monotonicNow() - now < BURST_MS) this.#give();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await this.#lastAnswers();
    if (this.#failed !== null) throw this.#failed;
    return {
      given: this.#given,
      acknowledged: this.#acknowledged,
      seconds,
      latency: this.#latencies.summary(),
      byKind: Object.fromEntries(this.#byKind),
      unanswered: this.#unanswered,
    };
  }

  async #lastAnswers(): Promise<void> {
    const deadline = monotonicNow() + LAST_ANSWERS_MS;
    while (this.#unanswered > 0 && monotonicNow() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  #give(): void {
    const task = this.#next();
    const sentAt = monotonicNow();
    this.#sent += 1;
    this.#unanswered += 1;
    this.#tills[this.#sent % this.#tills.length]?.giveThen(task.command, (answer) => {
      this.#unanswered -= 1;
      this.#answered(task, answer, sentAt);
    });
  }

  /** Half of it what was refused before, so that the mix stays one of all kinds. */
  #next(): Task {
    const again = this.#sent % 2 === 0 || this.#refused.length >= REFUSED_MAX;
    return (again ? this.#refused.shift() : undefined) ?? this.#work.next();
  }

  #answered(task: Task, answer: Answer, sentAt: number): void {
    const now = monotonicNow();
    const shed = answer.type === 'error' && answer.code === 'overloaded';
    if (shed) this.#refused.push(task);
    else this.#done(task, answer);
    if (now < this.#from || now >= this.#until) return;
    this.#given += 1;
    this.#count(task.command.name, shed);
    if (shed) return;
    this.#acknowledged += 1;
    this.#latencies.record(now - sentAt);
  }

  #done(task: Task, answer: Answer): void {
    try {
      task.done(expectAck(task.command, answer));
    } catch (error) {
      this.#failed ??= error instanceof Error ? error : new Error(String(error));
    }
  }

  #count(name: string, shed: boolean): void {
    const kind = name.slice(0, name.indexOf('.'));
    const counts = this.#byKind.get(kind) ?? { given: 0, shed: 0 };
    counts.given += 1;
    if (shed) counts.shed += 1;
    this.#byKind.set(kind, counts);
  }
}
