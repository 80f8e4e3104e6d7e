/** One branch at work: orders begin by a schedule, live through all their commands, and are handed from shift to shift. */
import type { AckMessage } from '#dist/protocol/messages.js';
import type { Agenda } from './agenda.js';
import { expectAck, Till, type Command } from './till.js';
import { learn, lifeOf, newOrder, type Order } from './work.js';

/** Rows that an order of three lines leaves: itself, its lines and its payment. */
export const RECORDS_PER_ORDER = 5;
const LINES = 3;

export interface RestaurantOptions {
  readonly branchId: string;
  readonly agenda: Agenda;
  /** Called with the moment at which the command was due, by the agenda. */
  readonly answered: (dueMs: number) => void;
  readonly failed: (error: unknown) => void;
}

interface OpenShift {
  readonly id: string;
  readonly version: number;
}

export class Restaurant {
  readonly #options: RestaurantOptions;
  readonly #tills: Till[] = [];
  /** Orders that are not closed yet. */
  readonly #unfinished = new Map<string, Order>();
  #shift: OpenShift | null = null;
  #inFlight = 0;
  #nextTill = 0;

  constructor(options: RestaurantOptions) {
    this.#options = options;
  }

  /** Unanswered commands. */
  get inFlight(): number {
    return this.#inFlight;
  }

  async open(port: number, tokens: readonly string[]): Promise<void> {
    for (const token of tokens) {
      this.#tills.push(await Till.open(port, token, this.#options.branchId));
    }
    await this.#openShift();
  }

  close(): void {
    for (const till of this.#tills) till.close();
  }

  /** An order whose commands are due from `beginsMs` on, `gapMs` apart, each after the answer to the one before. */
  plan(beginsMs: number, gapMs: number): void {
    const { order, open } = newOrder(LINES);
    const commands = lifeOf(order, open);
    const till = this.#till();
    const giveNext = (dueMs: number): void => {
      const command = commands.shift();
      if (command === undefined) return;
      if (commands.length === 0) this.#unfinished.delete(order.id);
      this.#give(till, command(), (ack) => {
        learn(order, ack);
        this.#options.answered(dueMs);
        if (commands.length > 0) this.#at(dueMs + gapMs, giveNext);
      });
    };
    this.#at(beginsMs, (dueMs) => {
      this.#unfinished.set(order.id, order);
      giveNext(dueMs);
    });
  }

  /** Nothing may be in flight. Unfinished orders go over to the next shift. */
  async changeShift(): Promise<void> {
    await this.closeShift();
    await this.#openShift();
  }

  async closeShift(): Promise<void> {
    const shift = this.#shift;
    if (shift === null) throw new Error(`branch ${this.#options.branchId} has no open shift`);
    await this.#ask({
      name: 'shift.close',
      payload: { shift_id: shift.id, counted_cash: 0, carry_over: true },
      expect: { pos_shift: { [shift.id]: shift.version } },
    });
    this.#shift = null;
  }

  async #openShift(): Promise<void> {
    const ack = await this.#ask({ name: 'shift.open', payload: { opening_float: 0 } });
    const records = ack.result?.['records'] as Record<string, Record<string, number>> | undefined;
    const [opened] = Object.entries(records?.['pos_shift'] ?? {});
    if (opened === undefined) throw new Error('shift.open tells its shift');
    this.#shift = { id: opened[0], version: opened[1] };
    for (const order of this.#unfinished.values()) learn(order, ack);
  }

  #at(dueMs: number, run: (dueMs: number) => void): void {
    this.#options.agenda.at(dueMs, () => {
      run(dueMs);
    });
  }

  #give(till: Till, command: Command, then: (ack: AckMessage) => void): void {
    this.#inFlight += 1;
    till.giveThen(command, (answer) => {
      this.#inFlight -= 1;
      try {
        then(expectAck(command, answer));
      } catch (error) {
        this.#options.failed(error);
      }
    });
  }

  async #ask(command: Command): Promise<AckMessage> {
    return expectAck(command, await this.#till().give(command));
  }

  #till(): Till {
    this.#nextTill = (this.#nextTill + 1) % this.#tills.length;
    const till = this.#tills[this.#nextTill];
    if (till === undefined) throw new Error('no till is open');
    return till;
  }
}
