/** What tills and kitchens ask for, as an endless row of commands that all succeed, whatever order the answers come in. */
import type { AckMessage } from '#dist/protocol/messages.js';
import { newId, type Command } from './till.js';

/** A command with what it teaches whoever gave it. */
export interface Task {
  readonly command: Command;
  /** To be told of the answer, before `next` may name its records again. */
  readonly done: (answer: AckMessage) => void;
}

export interface Work {
  next(): Task;
}

/** Items of the demo menu that can be ordered as they are, of three stations; prices in pence, tax included. */
const ITEMS = [
  { id: 'halloumi', price: 720 },
  { id: 'lentil-soup', price: 550 },
  { id: 'onion-rings', price: 450 },
  { id: 'grilled-aubergine', price: 1_290 },
  { id: 'baklava', price: 580 },
] as const;

interface Line {
  readonly id: string;
  version: number;
  step: number;
}

export interface Order {
  readonly id: string;
  version: number;
  readonly lines: readonly Line[];
  readonly total: number;
}

export function newOrder(lineCount: number): { order: Order; open: Command } {
  const lines = Array.from({ length: lineCount }, (_, index) => ({
    line_id: newId(),
    item_id: ITEMS[index % ITEMS.length]?.id ?? '',
    qty: 1,
  }));
  const id = newId();
  return {
    order: {
      id,
      version: 1,
      lines: lines.map(({ line_id }) => ({ id: line_id, version: 1, step: 0 })),
      total: lines.reduce((sum, _, index) => sum + (ITEMS[index % ITEMS.length]?.price ?? 0), 0),
    },
    open: { name: 'order.open', payload: { order_id: id, order_type: 'takeaway', lines } },
  };
}

/** The versions that the answer tells. */
export function learn(order: Order, { result }: AckMessage): void {
  const records = result?.['records'] as Record<string, Record<string, number>> | undefined;
  order.version = records?.['order_header']?.[order.id] ?? order.version;
  const versions = records?.['order_line'];
  if (versions === undefined) return;
  for (const line of order.lines) line.version = versions[line.id] ?? line.version;
}

function setStatus(order: Order, lines: readonly Line[], status: string): Command {
  return {
    name: 'kitchen.set_status',
    payload: { order_id: order.id, line_ids: lines.map(({ id }) => id), status },
    expect: { order_line: Object.fromEntries(lines.map(({ id, version }) => [id, version])) },
  };
}

/** The steps that a line goes through for ever, once it was sent. */
const STEPS = ['preparing', 'ready'] as const;

/** The small durable update: one line a step further in the kitchen, each line over and over. */
export class SmallUpdates implements Work {
  /** Lines that no command is under way for; the next ones from `#at` on. */
  readonly #free: { readonly order: Order; readonly line: Line }[] = [];
  #at = 0;

  /** Opens and sends `orders` orders of five lines. */
  static async prepare(
    orders: number,
    give: (command: Command) => Promise<AckMessage>,
  ): Promise<SmallUpdates> {
    const work = new SmallUpdates();
    const made = Array.from({ length: orders }, () => newOrder(5));
    await inTurns(made, async ({ order, open }) => {
      await give(open);
      learn(order, await give({ name: 'order.send', payload: { order_id: order.id } }));
    });
    // Lines of one order lie far apart, as in a kitchen that works on many tickets.
    for (let nth = 0; nth < 5; nth += 1) {
      for (const { order } of made) {
        const line = order.lines[nth];
        if (line !== undefined) work.#free.push({ order, line });
      }
    }
    return work;
  }

  next(): Task {
    const { order, line } = this.#take();
    const status = STEPS[line.step % STEPS.length] ?? '';
    return {
      command: setStatus(order, [line], status),
      done: (answer) => {
        line.step += 1;
        learn(order, answer);
        this.#free.push({ order, line });
      },
    };
  }

  /** In turn, so that every line has its turn before any comes again. */
  #take(): { readonly order: Order; readonly line: Line } {
    const taken = this.#free[this.#at];
    if (taken === undefined) throw new Error('more commands at a time than lines');
    this.#at += 1;
    if (this.#at > COMPACT_AT) {
      this.#free.splice(0, this.#at);
      this.#at = 0;
    }
    return taken;
  }
}

const COMPACT_AT = 10_000;
const IN_TURNS = 32;

async function inTurns<Item>(
  items: readonly Item[],
  act: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await act(item);
  };
  await Promise.all(Array.from({ length: IN_TURNS }, worker));
}

/**
 * As in life: an order is opened with three lines, sent, cooked line by line (preparing, then ready), served, paid and closed:
 * eleven commands an order. Many orders are under way at a time, each one command at a time.
 */
export class MixedWork implements Work {
  readonly #idle: (() => Task)[] = [];

  next(): Task {
    const resume = this.#idle.shift();
    return resume === undefined ? this.#begin() : resume();
  }

  #begin(): Task {
    const { order, open } = newOrder(3);
    const commands = lifeOf(order, open);
    const step = (): Task => {
      const command = commands.shift();
      if (command === undefined) return this.next();
      return {
        command: command(),
        done: (answer) => {
          learn(order, answer);
          if (commands.length > 0) this.#idle.push(step);
        },
      };
    };
    return step();
  }
}

/** Each is to be made when it is due: it names the versions that were learnt by then. */
export function lifeOf(order: Order, open: Command): (() => Command)[] {
  const named = { order_id: order.id };
  return [
    () => open,
    () => ({ name: 'order.send', payload: named }),
    ...order.lines.map((line) => () => setStatus(order, [line], 'preparing')),
    ...order.lines.map((line) => () => setStatus(order, [line], 'ready')),
    () => setStatus(order, order.lines, 'served'),
    () => ({ name: 'payment.add', payload: { ...named, method: 'cash', amount: order.total } }),
    () => ({
      name: 'order.close',
      payload: named,
      expect: { order_header: { [order.id]: order.version } },
    }),
  ];
}
