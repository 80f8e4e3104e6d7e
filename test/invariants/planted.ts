/** A short evening by script, with a bug planted somewhere outside src/, judged by every checker. */
import type { SettableClock } from '../../src/base/clock.js';
import type { Frame } from '../../src/hub/connection.js';
import { decode, encode } from '../../src/protocol/codec.js';
import type { HubMessage } from '../../src/protocol/messages.js';
import { FaultyStore } from '../support/faulty-store.js';
import type { FakeConnection } from '../support/fake-connection.js';
import { memoryEngine, type Engine } from '../support/random-traffic/engine.js';
import type { Request } from '../support/random-traffic/journal.js';
import type { Participant } from '../support/random-traffic/participant.js';
import { Random } from '../support/random-traffic/random.js';
import { Restaurant } from '../support/random-traffic/restaurant.js';
import { judge } from '../support/random-traffic/run.js';

export class PlantedEvening {
  readonly restaurant: Restaurant;
  #last = 0;

  private constructor(restaurant: Restaurant) {
    this.restaurant = restaurant;
  }

  static async open(
    makeEngine: (clock: SettableClock) => Engine | Promise<Engine> = memoryEngine,
  ): Promise<PlantedEvening> {
    return new PlantedEvening(await Restaurant.open(makeEngine, new Random(1)));
  }

  who(name: string): Participant {
    const found = this.restaurant.participants.find(({ post }) => post.name === `north-${name}`);
    if (found === undefined) throw new Error(`nobody is ${name}`);
    return found;
  }

  /** Gives a command and waits for all that comes of it. */
  async give(name: string, payload: object, more: Partial<Request> = {}): Promise<Request> {
    this.#last += 1;
    const key = `north-key-${String(this.#last)}`;
    const request: Request = { branchId: 'north', key, name, payload: { ...payload }, ...more };
    await this.repeat(request);
    return request;
  }

  async repeat(request: Request, who = 'till-1'): Promise<void> {
    this.who(who).give(request);
    await this.restaurant.quiet();
  }

  /** A shift, and an order at the grill: one burger, two portions of chips. */
  async begin(): Promise<void> {
    await this.give('shift.open', { opening_float: 10_000 });
    await this.give('order.open', {
      order_id: 'north-order',
      order_type: 'takeaway',
      lines: [
        { line_id: 'north-line-1', item_id: 'north-burger', qty: 1 },
        { line_id: 'north-line-2', item_id: 'north-chips', qty: 2 },
      ],
    });
    await this.give('order.send', { order_id: 'north-order' });
  }

  pay(amount = 1_000_000): Promise<Request> {
    const payload = { order_id: 'north-order', method: 'cash', amount };
    return this.give('payment.add', payload);
  }

  /** What each checker has found, by the checker's name. */
  async end(): Promise<ReadonlyMap<string, readonly string[]>> {
    try {
      await this.restaurant.calm();
      const findings = await judge(this.restaurant);
      const byChecker = new Map<string, string[]>();
      for (const finding of findings) {
        const [checker = ''] = finding.split(/[,:]/);
        byChecker.set(checker, [...(byChecker.get(checker) ?? []), finding]);
      }
      return byChecker;
    } finally {
      this.restaurant.engine.remove();
    }
  }
}

/** An engine whose store has faults to switch on; a hub that restarts finds what the inner store has. */
export function faultyEngine(clock: SettableClock): Engine & { readonly store: FaultyStore } {
  const inner = memoryEngine(clock);
  const store = new FaultyStore(inner.store);
  return { ...inner, store, reopen: () => Promise.resolve(store) };
}

/** Passes every message to the client through `change`; null: it is lost on the way. */
export function tamper(
  participant: Participant,
  change: (message: HubMessage) => HubMessage | null,
): void {
  const connection = participant.client?.connection;
  if (connection === undefined) throw new Error(`${participant.post.name} is not connected`);
  const write = connection.write.bind(connection);
  connection.write = (frames) => {
    write(frames.flatMap((frame) => tampered(frame, connection, change)));
  };
}

function tampered(
  frame: Frame,
  { encoding }: FakeConnection,
  change: (message: HubMessage) => HubMessage | null,
): Frame[] {
  const message = decode(Buffer.concat(frame.chunks), encoding) as HubMessage;
  const changed = change(message);
  if (changed === null) return [];
  const bytes = encode(changed, encoding);
  return [{ chunks: [bytes], headerBytes: 0, bytes: bytes.length }];
}
