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
export const ITEMS = [
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
  readonly lines: Line[];
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
 * As in life: an order is opened with three lines, sent, a line is added, sent too, all are cooked line by line (preparing, then
 * ready), served, paid and closed: fifteen commands an order. Many orders are under way at a time, each at another step, each one
 * command at a time.
 */
export class MixedWork implements Work {
  readonly #ordersUnderWay: number;
  readonly #random = seededRandom(SEED);
  readonly #idle: OrderLife[] = [];
  #underWay = 0;

  private constructor(ordersUnderWay: number) {
    this.#ordersUnderWay = ordersUnderWay;
  }

  /** Brings as many orders on their way as a busy restaurant has, spread over all steps. */
  static async prepare(
    ordersUnderWay: number,
    give: (command: Command) => Promise<AckMessage>,
  ): Promise<MixedWork> {
    const work = new MixedWork(ordersUnderWay);
    const lives = Array.from({ length: ordersUnderWay }, () => new OrderLife());
    await inTurns([...lives.entries()], async ([nth, life]) => {
      const steps = 1 + (nth % (life.stepsLeft - 1));
      for (let step = 0; step < steps; step += 1) life.learn(await give(life.next()));
      work.#idle.push(life);
      work.#underWay += 1;
    });
    return work;
  }

  next(): Task {
    const life = this.#take();
    const command = life.next();
    return {
      command,
      done: (answer) => {
        life.learn(answer);
        if (life.stepsLeft > 0) this.#idle.push(life);
        else this.#underWay -= 1;
      },
    };
  }

  /** Any of those that wait, so that orders do not march in step; a new one where there is room. */
  #take(): OrderLife {
    const at = Math.floor(this.#random() * this.#idle.length);
    const taken = this.#idle[at];
    const last = this.#idle.at(-1);
    if (this.#underWay < this.#ordersUnderWay || taken === undefined || last === undefined) {
      this.#underWay += 1;
      return new OrderLife();
    }
    this.#idle[at] = last;
    this.#idle.pop();
    return taken;
  }
}

const SEED = 20_261_120;

/** The same row of numbers in [0, 1) for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One order from its opening to its closing. */
class OrderLife {
  readonly #order: Order;
  readonly #steps: (() => Command)[];

  constructor() {
    const { order, open } = newOrder(3);
    this.#order = order;
    this.#steps = lifeOf(order, open, { addsLine: true });
  }

  get stepsLeft(): number {
    return this.#steps.length;
  }

  next(): Command {
    const step = this.#steps.shift();
    if (step === undefined) throw new Error('the order is closed');
    return step();
  }

  learn(answer: AckMessage): void {
    learn(this.#order, answer);
  }
}

/** What is asked for once the meal is on the table. */
const ADDED = { id: 'baklava', price: 580 } as const;

interface LifeOptions {
  /** One more line is added and sent after the first were begun. */
  readonly addsLine: boolean;
}

/** Its commands one after the other; each is made when it is due, from what the answers taught by then. */
export function lifeOf(
  order: Order,
  open: Command,
  { addsLine }: LifeOptions = { addsLine: false },
): (() => Command)[] {
  const named = { order_id: order.id };
  const first = [...order.lines];
  const added: readonly Line[] = addsLine ? [{ id: newId(), version: 1, step: 0 }] : [];
  const amount = order.total + added.length * ADDED.price;
  const send = (): Command => ({ name: 'order.send', payload: named });
  const addLine = (line: Line) => (): Command => {
    order.lines.push(line);
    const lines = [{ line_id: line.id, item_id: ADDED.id, qty: 1 }];
    return { name: 'order.add_lines', payload: { ...named, lines } };
  };
  return [
    () => open,
    send,
    ...first.map((line) => () => setStatus(order, [line], 'preparing')),
    ...added.flatMap((line) => [addLine(line), send]),
    ...first.map((line) => () => setStatus(order, [line], 'ready')),
    ...added.map((line) => () => setStatus(order, [line], 'preparing')),
    ...added.map((line) => () => setStatus(order, [line], 'ready')),
    () => setStatus(order, order.lines, 'served'),
    () => ({ name: 'payment.add', payload: { ...named, method: 'cash', amount } }),
    () => ({
      name: 'order.close',
      payload: named,
      expect: { order_header: { [order.id]: order.version } },
    }),
  ];
}
