/** What is done in the kitchen, at the drawer, at a shift's end and on the menu; and what nobody may do. */
import {
  amount,
  anOrder,
  column,
  EVERYBODY,
  MANAGER,
  seen,
  shiftShown,
  text,
  TILL,
  UNFINISHED,
  type Move,
  type Setting,
  type Wanted,
} from './moves.js';
import { PRICE_MIN } from './menu.js';

/** Lines of one ticket, as the kitchen's own screen shows them. */
function ticket({ who, dice }: Setting) {
  const lines = who.rows('kitchen', 'order_line');
  const first = dice.pick(lines);
  if (first === undefined) return null;
  const orderId = text(first, 'order_id');
  const same = lines.filter((line) => column(line, 'order_id') === orderId);
  return { orderId, lines: dice.chance(0.5) ? same : [first] };
}

function bump(setting: Setting): Wanted | null {
  const shown = ticket(setting);
  if (shown === null) return null;
  const { dice, who } = setting;
  const status =
    who.post.role === 'kitchen' || dice.chance(0.1)
      ? dice.pick(['preparing', 'preparing', 'ready', 'served'])
      : 'served';
  return {
    name: 'kitchen.set_status',
    payload: { order_id: shown.orderId, line_ids: shown.lines.map(({ id }) => id), status },
    ...seen(setting, 'order_line', shown.lines),
  };
}

function clear(setting: Setting): Wanted | null {
  const shown = ticket(setting);
  if (shown === null) return null;
  return {
    name: 'kitchen.clear',
    payload: { order_id: shown.orderId, line_ids: shown.lines.map(({ id }) => id) },
    ...seen(setting, 'order_line', shown.lines),
  };
}

/** A served line comes back; seen on the till's screen, where it still stands. */
function recall(setting: Setting): Wanted | null {
  const { who, dice } = setting;
  const served = who
    .rows('orders', 'order_line')
    .filter((line) => column(line, 'status') === 'served' && column(line, 'station') !== null);
  const line = dice.pick(served);
  if (line === undefined) return null;
  const status = dice.pick(['preparing', 'ready']);
  return {
    name: 'kitchen.set_status',
    payload: { order_id: column(line, 'order_id'), line_ids: [line.id], status },
    ...seen(setting, 'order_line', [line]),
  };
}

function pay(setting: Setting): Wanted | null {
  const { who, dice, newId } = setting;
  const owing = who
    .rows('orders', 'order_header')
    .filter(
      (header) =>
        UNFINISHED.includes(header['status']) && amount(header, 'total') > amount(header, 'paid'),
    );
  const order = dice.chance(0.05) ? anOrder(setting) : dice.pick(owing);
  if (order === undefined) return null;
  const due = Math.max(1, amount(order, 'total') - amount(order, 'paid'));
  const share = dice.chance(0.6) ? due : Math.max(1, Math.floor(due / dice.whole(2, 4)));
  const paid = dice.chance(0.03) ? due + 1 : share;
  const method = dice.pick(['cash', 'cash', 'card', 'card', 'voucher', 'account', 'other']);
  const tip = dice.chance(0.3) ? dice.whole(1, 500_000) : 0;
  return {
    name: 'payment.add',
    payload: {
      order_id: order.id,
      ...(dice.chance(0.8) && { payment_id: newId('payment') }),
      method,
      amount: paid,
      ...(tip > 0 && { tip }),
      ...(method === 'cash' && dice.chance(0.5) && { tendered: paid + tip + dice.whole(0, 900) }),
    },
  };
}

function paymentsShown({ who }: Setting) {
  return who
    .rows('orders', 'order_payment')
    .map((row) => ({ id: row.id, amount: amount(row, 'amount') }));
}

/** Payments whose receipt is kept; their shift may be over. */
function remembered({ who }: Setting) {
  return who.acks.flatMap(({ result }) => {
    const records = (result?.['records'] ?? {}) as Record<string, Record<string, number>>;
    return Object.keys(records['order_payment'] ?? {}).map((id) => ({ id, amount: 1_000 }));
  });
}

function refund(setting: Setting): Wanted | null {
  const { dice, newId } = setting;
  const payment = dice.pick(dice.chance(0.4) ? remembered(setting) : paymentsShown(setting));
  if (payment === undefined) return null;
  const given = dice.chance(0.5) ? payment.amount : dice.whole(1, payment.amount);
  return {
    name: 'payment.refund',
    payload: {
      payment_id: payment.id,
      ...(dice.chance(0.7) && { refund_id: newId('refund') }),
      amount: given,
      reason: 'complaint',
    },
  };
}

function cash(setting: Setting): Wanted | null {
  const shift = shiftShown(setting);
  if (shift === undefined) return null;
  const { dice } = setting;
  const kind = dice.pick(['paid_in', 'paid_out', 'drop', 'no_sale']) ?? 'drop';
  return {
    name: `cash.${kind}`,
    payload: {
      shift_id: shift.id,
      ...(kind !== 'no_sale' && { amount: dice.whole(1, 200_000) }),
      reason: 'change',
    },
  };
}

function openShift({ dice }: Setting): Wanted {
  return { name: 'shift.open', payload: { opening_float: dice.whole(0, 100_000) * 100 } };
}

function openMissingShift(setting: Setting): Wanted | null {
  return shiftShown(setting) === undefined ? openShift(setting) : null;
}

function closeShift(setting: Setting): Wanted | null {
  const shift = shiftShown(setting);
  if (shift === undefined) return null;
  const { dice } = setting;
  return {
    name: 'shift.close',
    payload: {
      shift_id: shift.id,
      counted_cash: dice.whole(0, 10_000_000),
      ...(dice.chance(0.8) && { carry_over: true }),
    },
    ...seen(setting, 'pos_shift', [shift]),
  };
}

function handover(setting: Setting): Wanted | null {
  const shift = shiftShown(setting);
  if (shift === undefined) return null;
  const { who, dice } = setting;
  return {
    name: 'shift.handover',
    payload: {
      shift_id: shift.id,
      to_staff_id: `${who.post.branchId}-${dice.chance(0.9) ? 'sam' : 'nobody'}`,
      counted_cash: dice.whole(0, 10_000_000),
    },
    ...seen(setting, 'pos_shift', [shift]),
  };
}

/** Another price, other options, another name; the tax rules of a dish stay. */
function putItem(setting: Setting): Wanted | null {
  const { who, dice, newId } = setting;
  const item = dice.pick(who.rows('menu', 'menu_item'));
  if (item === undefined) return null;
  if (dice.chance(0.15)) {
    const id = newId('item');
    return {
      name: 'menu.put_item',
      payload: { id, name: id, price: PRICE_MIN + dice.whole(0, 900_000) },
      expect: { menu_item: { [id]: 0 } },
    };
  }
  const groups = (item['modifier_groups'] ?? []) as { options: { available: boolean }[] }[];
  const toggled = groups.map((group) => ({
    ...group,
    options: group.options.map((option) => ({ ...option, available: dice.chance(0.8) })),
  }));
  return {
    name: 'menu.put_item',
    payload: {
      id: item.id,
      ...(dice.chance(0.6) && { price: PRICE_MIN + dice.whole(0, 5_000_000) }),
      ...(dice.chance(0.4) && { modifier_groups: toggled }),
      ...(dice.chance(0.2) && { prep_seconds: dice.whole(60, 900) }),
    },
    ...seen(setting, 'menu_item', [item]),
  };
}

function availability(setting: Setting): Wanted | null {
  const { who, dice } = setting;
  const item = dice.pick(who.rows('menu', 'menu_item'));
  if (item === undefined) return null;
  return {
    name: 'menu.set_availability',
    payload: {
      item_id: item.id,
      available: dice.chance(0.93),
      ...(dice.chance(0.6) && { remaining: dice.chance(0.3) ? null : dice.whole(0, 15) }),
    },
  };
}

/** What the role may not do, by the protocol's table, with ids that its screen shows. */
function forbidden(setting: Setting): Wanted | null {
  const { who } = setting;
  if (who.post.role === 'kitchen') {
    const header = setting.dice.pick(who.rows('kitchen', 'order_header'));
    if (header === undefined) return null;
    return {
      name: 'payment.add',
      payload: { order_id: header.id, method: 'cash', amount: 1 },
    };
  }
  if (who.post.role !== 'waiter') return null;
  const order = anOrder(setting);
  if (order === undefined) return null;
  return {
    name: 'order.close',
    payload: { order_id: order.id },
    ...seen(setting, 'order_header', [order]),
  };
}

export const HOUSE_MOVES: readonly Move[] = [
  { weight: 40, roles: ['kitchen'], make: bump },
  { weight: 4, roles: ['waiter', 'cashier'], make: bump },
  { weight: 10, roles: ['kitchen', 'manager'], make: clear },
  { weight: 6, roles: MANAGER, make: recall },
  { weight: 16, roles: TILL, make: pay },
  { weight: 5, roles: MANAGER, make: refund },
  { weight: 3, roles: TILL, make: cash },
  { weight: 30, roles: TILL, make: openMissingShift },
  { weight: 0.3, roles: TILL, make: openShift },
  { weight: 1.2, roles: TILL, make: closeShift },
  { weight: 0.8, roles: TILL, make: handover },
  { weight: 2, roles: MANAGER, make: putItem },
  { weight: 2, roles: ['cashier', 'kitchen', 'manager'], make: availability },
  { weight: 1, roles: EVERYBODY, make: forbidden },
];
