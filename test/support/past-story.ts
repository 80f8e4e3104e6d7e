/** A branch whose orders are changed, closed, opened again and give each other lines, and all that is told of its past. */
import type { AuditFilter, AuditPage } from '../../src/store/history.js';
import type { Store } from '../../src/store/port.js';
import { Book } from './book.js';
import type { Random } from './random-traffic/random.js';
import { NOON } from './rows.js';
import { orderChanges, seedIds, seedRequest, shiftRequest } from './store.js';

/** Orders whose histories are compared. */
const HISTORIES = 8;
/** Between two commits. */
export const STEP_MS = 1_000;
const BRANCH = 'main';
/** So long that a hundred commits fill more than one block of a segment. */
const LONG_NOTE = 'n'.repeat(6_000);
/** The first two commits seed the branch and open its shift. */
const FIRST_COMMITS = 2;

export class PastStory {
  readonly #book: Book;
  readonly #random: Random;
  readonly #orders: string[] = [];
  /** Present order of each line. */
  readonly #lines = new Map<string, string>();
  #commits = FIRST_COMMITS;

  private constructor(store: Store, random: Random) {
    this.#book = new Book(store, BRANCH);
    this.#random = random;
  }

  static async begin(store: Store, random: Random): Promise<PastStory> {
    const story = new PastStory(store, random);
    for (const { changeSet, command } of [seedRequest(BRANCH), shiftRequest(BRANCH)]) {
      await story.#book.write(command, changeSet, { at: NOON });
    }
    return story;
  }

  /** The newest version. */
  get version(): number {
    return this.#commits;
  }

  get orders(): readonly string[] {
    return this.#orders;
  }

  async go(commits: number): Promise<void> {
    for (let done = 0; done < commits; done += 1) await this.#commit();
  }

  /** Closes every order and the shift: all of it may go into the archive. */
  async end(): Promise<void> {
    for (const orderId of this.#orders) {
      if (this.#book.row('order_header', orderId).status !== 'closed') await this.#turn(orderId);
    }
    const shiftId = seedIds(BRANCH).shift;
    const closed = { status: 'closed', closed_by: 'ada', counted_cash: 0 } as const;
    const closed_at = NOON + this.#commits * STEP_MS;
    const change = this.#book.set('pos_shift', shiftId, { ...closed, closed_at });
    await this.#write('shift.close', [change], { zNumberOf: shiftId, raisesHorizon: true });
  }

  #commit(): Promise<unknown> {
    const orderId = this.#random.pick(this.#orders);
    if (orderId === undefined || this.#random.chance(0.2)) return this.#open();
    if (this.#random.chance(0.3)) return this.#turn(orderId);
    const lineId = this.#random.pick([...this.#lines.keys()]) ?? '';
    if (this.#random.chance(0.2)) return this.#move(lineId, orderId);
    return this.#write('test.note', [
      this.#book.set('order_line', lineId, { note: `${String(this.#commits)} ${LONG_NOTE}` }),
    ]);
  }

  #open(): Promise<unknown> {
    const number = this.#orders.length + 1;
    const orderId = `order-${String(number)}`;
    this.#orders.push(orderId);
    this.#lines.set(`${orderId}-line-1`, orderId);
    const customerName = this.#random.chance(0.5) ? `Guest ${String(number)}` : null;
    const openedAt = NOON + this.#commits * STEP_MS;
    const options = { orderId, number, customerName, openedAt };
    return this.#write('order.open', orderChanges(BRANCH, options));
  }

  /** Closes what is open, opens what is closed. */
  #turn(orderId: string): Promise<unknown> {
    const isOpen = this.#book.row('order_header', orderId).status !== 'closed';
    const columns = isOpen
      ? { status: 'closed' as const, closed_at: NOON }
      : { status: 'open' as const, closed_at: null };
    return this.#write('test.turn', [this.#book.set('order_header', orderId, columns)]);
  }

  #move(lineId: string, orderId: string): Promise<unknown> {
    this.#lines.set(lineId, orderId);
    const seq = this.#commits;
    return this.#write('test.move', [
      this.#book.set('order_header', orderId, { note: `with ${lineId}` }),
      this.#book.set('order_line', lineId, { order_id: orderId, seq }),
    ]);
  }

  async #write(
    command: string,
    changeSet: Parameters<Book['write']>[1],
    more: Parameters<Book['write']>[2] = {},
  ): Promise<void> {
    const actor = this.#random.pick(['ada', 'sam']) ?? 'ada';
    const at = NOON + this.#commits * STEP_MS;
    await this.#book.write(command, changeSet, { ...more, actor, at });
    this.#commits += 1;
  }
}

/** Whatever the store tells of the first `version` commits, in one comparable text an answer. */
export async function toldPast(
  store: Store,
  { orders, version }: { readonly orders: readonly string[]; readonly version: number },
): Promise<string[]> {
  const told: string[] = [];
  const note = (name: string, value: unknown) => told.push(`${name}: ${JSON.stringify(value)}`);
  for (const orderId of orders.slice(0, HISTORIES)) {
    const pages = [
      { after: { version: 0 }, limit: 1_000 },
      { after: { at: NOON + Math.floor(version / 2) * STEP_MS }, limit: 3 },
    ];
    for (const page of pages) {
      note(`${orderId} ${JSON.stringify(page)}`, await store.orderHistory(BRANCH, orderId, page));
    }
  }
  const from = NOON + Math.floor(version / 3) * STEP_MS;
  const to = NOON + Math.floor((version * 2) / 3) * STEP_MS;
  const filters: AuditFilter[] = [
    {},
    { from, to },
    { actor: 'sam', to },
    { command: 'order.open', from },
    { device: 'till-2' },
  ];
  for (const filter of filters) {
    for (let cursor: string | null = String(version + 1); cursor !== null;) {
      const page: AuditPage = await store.audit(BRANCH, { ...filter, cursor, limit: 37 });
      note(`audit ${JSON.stringify(filter)} before ${cursor}`, page);
      ({ cursor } = page);
    }
  }
  return told;
}
