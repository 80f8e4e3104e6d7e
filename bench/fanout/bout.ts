/** One side with so many subscribers: measured phase by phase, and every message counted where it arrives. */
import { signTokens } from '../hub/tokens.js';
import type { Generator } from '../load/generator.js';
import { changesIn, type Side, type TickLoad } from './broadcaster.js';
import { FanProcess } from './fan-process.js';
import type { Phase, PhaseReport } from './pace.js';

export interface BoutOptions {
  readonly side: Side;
  readonly clients: number;
  readonly directory: string;
  readonly profileDirectory: string | null;
}

export interface BoutFigures {
  /** A delivery: one change told to one subscriber. */
  readonly cpuUsPerDelivery: number;
  /** Until the last one has arrived. */
  readonly deliveriesPerSecond: number;
  readonly ticksPerSecond: number;
  readonly bytesPerMessage: number;
}

export class Bout {
  readonly #options: BoutOptions;
  readonly #server: FanProcess;
  readonly #generator: Generator;
  #messagesEach = 0;
  #changesEach = 0;
  #bytes = 0;

  private constructor(options: BoutOptions, server: FanProcess, generator: Generator) {
    this.#options = options;
    this.#server = server;
    this.#generator = generator;
  }

  static async start(options: BoutOptions, generator: Generator): Promise<Bout> {
    const server = await FanProcess.start(options);
    const bout = new Bout(options, server, generator);
    try {
      await bout.#subscribe();
    } catch (error) {
      await bout.stop();
      throw error;
    }
    return bout;
  }

  /** Throws where a subscriber gets another number of messages or of changes than were sent. */
  async measure(phase: Phase): Promise<BoutFigures> {
    const { side, clients } = this.#options;
    const report = await this.#server.run(phase);
    const changes = report.ticks * changesIn(phase.load);
    const messages = side === 'the hub' ? report.ticks * framesIn(phase.load) : changes;
    this.#messagesEach += messages;
    this.#changesEach += changes;
    const reached = await this.#generator.call('fan.reached', {
      group: this.#group,
      each: this.#messagesEach,
    });
    if (reached.checkedChanges !== this.#changesEach) {
      const words = `${String(reached.checkedChanges)} of ${String(this.#changesEach)} changes`;
      throw new Error(`${side}: the checking subscriber was told ${words}`);
    }
    const bytes = reached.bytes - this.#bytes;
    this.#bytes = reached.bytes;
    const seconds = (reached.reachedAt - report.startedAt) / 1_000;
    return figuresOf(report, {
      deliveries: changes * clients,
      messages: messages * clients,
      bytes,
      seconds,
    });
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  get #group(): string {
    return `${this.#options.side}, ${String(this.#options.clients)}`;
  }

  async #subscribe(): Promise<void> {
    const { side, clients, directory } = this.#options;
    const { port } = this.#server;
    const tokens =
      side === 'the hub' ? await signTokens(directory, { role: 'kitchen', count: clients }) : [];
    const params = { group: this.#group, side, port, count: clients, tokens };
    await this.#generator.call('fan.open', params);
    this.#bytes = (
      await this.#generator.call('fan.reached', { group: this.#group, each: 0 })
    ).bytes;
  }
}

/** Messages that a hub makes of a tick, for each subscriber. */
function framesIn(load: TickLoad): number {
  return load === 'several of one channel' ? 1 : changesIn(load);
}

function figuresOf(
  { ticks, cpuUs }: PhaseReport,
  arrived: { deliveries: number; messages: number; bytes: number; seconds: number },
): BoutFigures {
  const { deliveries, messages, bytes, seconds } = arrived;
  return {
    cpuUsPerDelivery: cpuUs / deliveries,
    deliveriesPerSecond: deliveries / seconds,
    ticksPerSecond: ticks / seconds,
    bytesPerMessage: bytes / messages,
  };
}
