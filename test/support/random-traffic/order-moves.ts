/** What waiters and cashiers do with orders. */
import {
  amount,
  anOrder,
  FLOOR,
  linesOf,
  MANAGER,
  seen,
  text,
  TILL,
  UNFINISHED,
  type Move,
  type Setting,
  type Wanted,
} from './moves.js';

function maybe<T>({ dice }: Setting, name: string, value: T): Readonly<Record<string, T>> {
  return dice.chance(0.4) ? { [name]: value } : {};
}

/** One line without an id of its own, or several with. */
function lineRequests(setting: Setting): readonly Readonly<Record<string, unknown>>[] {
  const { who, dice, newId } = setting;
  const items = who.rows('menu', 'menu_item');
  const withId = dice.chance(0.85);
  const count = withId ? dice.whole(1, 4) : 1;
  return Array.from({ length: count }, () => {
    const item = dice.pick(items);
    const groups = (item?.['modifier_groups'] ?? []) as {
      options: { id: string; price: number }[];
    }[];
    const options = groups.flatMap((group) => group.options.map(({ id }) => id));
    return {
      ...(withId && { line_id: newId('line') }),
      item_id: item?.id ?? 'nothing',
      qty: dice.whole(1, 3),
      ...(options.length > 0 && { modifiers: dice.some(options, dice.whole(0, 2)) }),
      ...maybe(setting, 'note', 'no salt'),
      ...maybe(setting, 'seat', dice.whole(1, 6)),
      ...maybe(setting, 'course', dice.whole(1, 2)),
      ...(dice.chance(0.15) && { hold: true }),
    };
  });
}

function open(setting: Setting): Wanted {
  const { who, dice, newId } = setting;
  return {
    name: 'order.open',
    payload: {
      ...(dice.chance(0.8) && { order_id: newId('order') }),
      order_type: dice.pick(['dine_in', 'dine_in', 'takeaway', 'delivery']),
      ...maybe(setting, 'table_no', String(dice.whole(1, 12))),
      ...maybe(setting, 'guests', dice.whole(1, 6)),
      ...maybe(setting, 'customer_name', `${who.post.branchId} guest`),
      ...(dice.chance(0.8) && { lines: lineRequests(setting) }),
    },
  };
}

function addLines(setting: Setting): Wanted | null {
  const order = anOrder(setting);
  if (order === undefined) return null;
  return {
    name: 'order.add_lines',
    payload: { order_id: order.id, lines: lineRequests(setting) },
  };
}

function send(setting: Setting): Wanted | null {
  const { dice } = setting;
  const order = anOrder(setting);
  if (order === undefined) return null;
  const lines = linesOf(setting, order).map(({ id }) => id);
  const some = dice.some(lines, 3);
  const which = dice.chance(0.7)
    ? {}
    : dice.chance(0.5) && some.length > 0
      ? { line_ids: some }
      : { course: dice.whole(1, 2) };
  return { name: 'order.send', payload: { order_id: order.id, ...which } };
}

function update(setting: Setting): Wanted | null {
  const { dice } = setting;
  const order = anOrder(setting);
  if (order === undefined) return null;
  return {
    name: 'order.update',
    payload: {
      order_id: order.id,
      guests: dice.whole(1, 8),
      ...maybe(setting, 'note', 'allergic to nuts'),
      ...maybe(setting, 'priority', dice.whole(0, 2)),
      ...maybe(setting, 'customer_name', null),
    },
    ...seen(setting, 'order_header', [order]),
  };
}

function aLine(setting: Setting) {
  const order = anOrder(setting);
  if (order === undefined) return null;
  const lines = linesOf(setting, order);
  const standing = lines.filter(({ status }) => status !== 'voided');
  const line = setting.dice.pick(standing.length > 0 ? standing : lines);
  return line === undefined ? null : { order, line };
}

function updateLine(setting: Setting): Wanted | null {
  const { dice } = setting;
  const found = aLine(setting);
  if (found === null) return null;
  const unsent = ['new', 'held'].includes(text(found.line, 'status'));
  return {
    name: 'order.update_line',
    payload: {
      order_id: found.order.id,
      line_id: found.line.id,
      ...(unsent || dice.chance(0.1) ? { qty: dice.whole(1, 4) } : { note: 'well done' }),
      ...maybe(setting, 'seat', dice.whole(1, 6)),
    },
    ...seen(setting, 'order_line', [found.line]),
  };
}

function voidLine(setting: Setting): Wanted | null {
  const found = aLine(setting);
  if (found === null) return null;
  return {
    name: 'order.void_line',
    payload: { order_id: found.order.id, line_id: found.line.id, reason: 'changed mind' },
    ...seen(setting, 'order_line', [found.line]),
  };
}

function discount(setting: Setting): Wanted | null {
  const { dice } = setting;
  const found = aLine(setting);
  if (found === null) return null;
  const { order, line } = found;
  const ofLine = dice.chance(0.5);
  const percent = dice.chance(0.6);
  const value = percent ? (dice.pick([333, 1_000, 5_000, 10_000]) ?? 1) : dice.whole(1, 900_000);
  return {
    name: 'order.discount',
    payload: {
      order_id: order.id,
      ...(ofLine && { line_id: line.id }),
      kind: percent ? 'percent' : 'amount',
      value,
      reason: dice.pick(['regular', 'cold']),
    },
    ...(ofLine ? seen(setting, 'order_line', [line]) : seen(setting, 'order_header', [order])),
  };
}

function transfer(setting: Setting): Wanted | null {
  const order = anOrder(setting);
  if (order === undefined) return null;
  return {
    name: 'order.transfer',
    payload: { order_id: order.id, table_no: String(setting.dice.whole(1, 12)) },
    ...seen(setting, 'order_header', [order]),
  };
}

function merge(setting: Setting): Wanted | null {
  const order = anOrder(setting);
  const into = anOrder(setting);
  if (order === undefined || into === undefined) return null;
  return {
    name: 'order.merge',
    payload: { order_id: order.id, into_order_id: into.id },
    ...seen(setting, 'order_header', [order, into]),
  };
}

function split(setting: Setting): Wanted | null {
  const { dice, newId } = setting;
  const order = anOrder(setting);
  if (order === undefined) return null;
  const lines = dice.some(
    linesOf(setting, order).filter(({ status }) => status !== 'voided'),
    dice.whole(1, 3),
  );
  if (lines.length === 0) return null;
  return {
    name: 'order.split',
    payload: {
      order_id: order.id,
      ...(dice.chance(0.7) && { new_order_id: newId('order') }),
      lines: lines.map((line) => ({
        line_id: line.id,
        ...(dice.chance(0.5) && { qty: dice.whole(1, amount(line, 'qty')) }),
      })),
    },
    ...seen(setting, 'order_header', [order]),
  };
}

/** Closes what is paid, else whatever is there. */
function close(setting: Setting): Wanted | null {
  const { who, dice } = setting;
  const paid = who
    .rows('orders', 'order_header')
    .filter(
      (header) =>
        UNFINISHED.includes(header['status']) && amount(header, 'paid') === amount(header, 'total'),
    );
  const order = dice.pick(paid) ?? anOrder(setting);
  if (order === undefined) return null;
  return {
    name: 'order.close',
    payload: { order_id: order.id },
    ...seen(setting, 'order_header', [order]),
  };
}

function reopen(setting: Setting): Wanted | null {
  const { who, dice } = setting;
  const order = dice.pick(
    who.rows('orders', 'order_header').filter(({ status }) => status === 'closed'),
  );
  if (order === undefined) return null;
  return {
    name: 'order.reopen',
    payload: { order_id: order.id, reason: 'one more' },
    ...seen(setting, 'order_header', [order]),
  };
}

function voidOrder(setting: Setting): Wanted | null {
  const order = anOrder(setting);
  if (order === undefined) return null;
  return {
    name: 'order.void',
    payload: { order_id: order.id, reason: 'walked out' },
    ...seen(setting, 'order_header', [order]),
  };
}

function lock(setting: Setting): Wanted | null {
  const order = anOrder(setting);
  if (order === undefined) return null;
  const unlocks = setting.dice.chance(0.3);
  return {
    name: unlocks ? 'order.unlock' : 'order.lock',
    payload: { order_id: order.id, ...(!unlocks && { seconds: setting.dice.whole(1, 4) }) },
  };
}

function lease({ dice }: Setting): Wanted {
  return { name: 'numbers.lease', payload: { count: dice.whole(1, 5) } };
}

/** With a number of a range that this device leased, which may have lapsed with its shift. */
function openNumbered(setting: Setting): Wanted | null {
  const ranges = setting.who.acks.flatMap(({ result }) => {
    const numbers = result?.['numbers'] as { first: number; last: number } | undefined;
    return numbers === undefined ? [] : [numbers];
  });
  const range = setting.dice.pick(ranges);
  if (range === undefined) return null;
  const wanted = open(setting);
  const number = setting.dice.whole(range.first, range.last);
  return { ...wanted, payload: { ...wanted.payload, number } };
}

export const ORDER_MOVES: readonly Move[] = [
  { weight: 14, roles: FLOOR, make: open },
  { weight: 12, roles: FLOOR, make: addLines },
  { weight: 14, roles: FLOOR, make: send },
  { weight: 3, roles: FLOOR, make: update },
  { weight: 6, roles: FLOOR, make: updateLine },
  { weight: 4, roles: FLOOR, make: voidLine },
  { weight: 5, roles: TILL, make: discount },
  { weight: 3, roles: FLOOR, make: transfer },
  { weight: 3, roles: FLOOR, make: merge },
  { weight: 5, roles: FLOOR, make: split },
  { weight: 9, roles: TILL, make: close },
  { weight: 4, roles: MANAGER, make: reopen },
  { weight: 3, roles: MANAGER, make: voidOrder },
  { weight: 2, roles: FLOOR, make: lock },
  { weight: 2, roles: FLOOR, make: lease },
  { weight: 3, roles: FLOOR, make: openNumbered },
];
