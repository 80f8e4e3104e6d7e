/** One command of each kind, each alone, so that every delta is the delta of one command and known by its version. */
import { setTimeout } from 'node:timers/promises';
import { expectAck, newId, Till } from './till.js';

export interface KindGiven {
  readonly kind: string;
  /** The commit that it became. */
  readonly version: number;
}

/** Of the demo menu; prices in pence, tax included. */
const HALLOUMI = { item_id: 'halloumi', price: 720 };
const SOUP = { item_id: 'lentil-soup', price: 550 };
const RINGS = { item_id: 'onion-rings', price: 450 };
const BAKLAVA = { item_id: 'baklava', price: 580 };

type Table = 'order_header' | 'order_line';

interface Given {
  readonly kind: string | null;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The records whose versions it has to name. */
  readonly expects?: Partial<Record<Table, readonly string[]>>;
}

/** Between two commands: longer than a channel's pause, so that each has a delta of its own. */
const APART_MS = 10;

class Kinds {
  readonly #till: Till;
  readonly #versions = new Map<string, number>();
  readonly given: KindGiven[] = [];

  constructor(till: Till) {
    this.#till = till;
  }

  async give({ kind, name, payload, expects = {} }: Given): Promise<void> {
    const expect = Object.fromEntries(
      Object.entries(expects).map(([table, ids]) => [
        table,
        Object.fromEntries(ids.map((id) => [id, this.#versions.get(id) ?? 0])),
      ]),
    );
    const command = { name, payload, expect };
    const ack = expectAck(command, await this.#till.give(command));
    const records = ack.result?.['records'] as Record<string, Record<string, number>>;
    for (const ofTable of Object.values(records)) {
      for (const [id, version] of Object.entries(ofTable)) this.#versions.set(id, version);
    }
    if (kind !== null) this.given.push({ kind, version: ack.version ?? 0 });
    await setTimeout(APART_MS);
  }

  async open(
    kind: string | null,
    tableNo: string,
    items: readonly { readonly item_id: string }[],
  ): Promise<{ readonly id: string; readonly lines: readonly string[] }> {
    const id = newId();
    const lines = items.map(({ item_id }) => ({ line_id: newId(), item_id, qty: 1 }));
    const payload = { order_id: id, order_type: 'dine_in', table_no: tableNo, lines };
    await this.give({ kind, name: 'order.open', payload });
    return { id, lines: lines.map(({ line_id }) => line_id) };
  }

  status(kind: string, order: string, lines: readonly string[], status: string): Promise<void> {
    return this.give({
      ...{ kind, name: 'kitchen.set_status', expects: { order_line: lines } },
      payload: { order_id: order, line_ids: lines, status },
    });
  }
}

/** The demo's menu has to be as it came. Opens the shift where none is open. */
export async function giveEachKind(port: number, token: string): Promise<readonly KindGiven[]> {
  const till = await Till.open(port, token);
  try {
    await till.give({ name: 'shift.open', payload: { opening_float: 0 } });
    const kinds = new Kinds(till);
    await fromOpenToClose(kinds);
    await changesOfMind(kinds);
    const sold = { item_id: 'ice-cream', available: false };
    await kinds.give({ kind: 'an item sold out', name: 'menu.set_availability', payload: sold });
    const back = { ...sold, available: true };
    await kinds.give({ kind: null, name: 'menu.set_availability', payload: back });
    return kinds.given;
  } finally {
    till.close();
  }
}

async function fromOpenToClose(kinds: Kinds): Promise<void> {
  const { id, lines } = await kinds.open('an order of three lines', '5', [HALLOUMI, SOUP, RINGS]);
  const [first = '', second = ''] = lines;
  const header = { order_header: [id] };
  const baklava = { line_id: newId(), item_id: BAKLAVA.item_id, qty: 1 };
  const all = [...lines, baklava.line_id];
  const named = { order_id: id };
  await kinds.give({
    ...{ kind: 'a line added', name: 'order.add_lines' },
    payload: { ...named, lines: [baklava] },
  });
  await kinds.give({
    ...{ kind: 'guests counted', name: 'order.update', expects: header },
    payload: { ...named, guests: 4 },
  });
  await kinds.give({
    ...{ kind: 'a quantity changed', name: 'order.update_line', expects: { order_line: [first] } },
    payload: { ...named, line_id: first, qty: 2 },
  });
  await kinds.give({ kind: 'four lines sent', name: 'order.send', payload: named });
  await kinds.status("a line's status, and its order's", id, [first], 'preparing');
  await kinds.status("a line's status alone, preparing", id, [second], 'preparing');
  await kinds.status("a line's status alone, ready", id, [second], 'ready');
  const rest = all.filter((line) => line !== second);
  await kinds.status("three lines' status, and their order's", id, rest, 'ready');
  await kinds.status('four lines served', id, all, 'served');
  const amount = 2 * HALLOUMI.price + SOUP.price + RINGS.price + BAKLAVA.price;
  await kinds.give({
    ...{ kind: 'a payment', name: 'payment.add' },
    payload: { ...named, method: 'card', amount },
  });
  await kinds.give({
    kind: 'an order closed',
    ...{ name: 'order.close', payload: named, expects: header },
  });
}

async function changesOfMind(kinds: Kinds): Promise<void> {
  const order = await kinds.open(null, '6', [HALLOUMI, SOUP, RINGS]);
  const other = await kinds.open(null, '8', [BAKLAVA]);
  const named = { order_id: order.id };
  const header = { order_header: [order.id] };
  const [first = '', second = ''] = order.lines;
  await kinds.give({
    ...{ kind: 'a discount on three lines', name: 'order.discount', expects: header },
    payload: { ...named, kind: 'percent', value: 1_000, reason: 'regular guest' },
  });
  await kinds.give({ kind: null, name: 'order.send', payload: named });
  await kinds.give({
    ...{ kind: 'moved to another table', name: 'order.transfer', expects: header },
    payload: { ...named, table_no: '7' },
  });
  await kinds.give({
    ...{ kind: 'a line voided', name: 'order.void_line', expects: { order_line: [first] } },
    payload: { ...named, line_id: first, reason: 'dropped' },
  });
  await kinds.give({
    ...{ kind: 'two orders merged', name: 'order.merge' },
    payload: { order_id: other.id, into_order_id: order.id },
    expects: { order_header: [other.id, order.id] },
  });
  await kinds.give({
    ...{ kind: 'an order split', name: 'order.split', expects: header },
    payload: { ...named, new_order_id: newId(), lines: [{ line_id: second }] },
  });
  await kinds.give({
    ...{ kind: 'an order voided', name: 'order.void', expects: header },
    payload: { ...named, reason: 'guests left' },
  });
}
