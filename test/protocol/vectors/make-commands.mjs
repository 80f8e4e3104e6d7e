/** One right command of each name: `[name, payload, expect]`, the third where versions are needed. */

const commands = [
  [
    'shift.open',
    {
      opening_float: 20000,
    },
  ],
  [
    'shift.close',
    {
      shift_id: 's1',
      counted_cash: 84500,
      carry_over: true,
    },
    {
      pos_shift: {
        s1: 1,
      },
    },
  ],
  [
    'shift.handover',
    {
      shift_id: 's1',
      to_staff_id: 'staff-2',
      counted_cash: 84500,
    },
    {
      pos_shift: {
        s1: 1,
      },
    },
  ],
  [
    'cash.paid_in',
    {
      shift_id: 's1',
      amount: 5000,
      reason: 'change',
    },
  ],
  [
    'cash.paid_out',
    {
      shift_id: 's1',
      amount: 1250,
      reason: 'ice',
    },
  ],
  [
    'cash.drop',
    {
      shift_id: 's1',
      amount: 50000,
      reason: 'evening',
    },
  ],
  [
    'cash.no_sale',
    {
      shift_id: 's1',
      reason: 'change for a guest',
    },
  ],
  [
    'order.open',
    {
      order_id: '0199a1b2-0000-7000-8000-00000000000a',
      order_type: 'dine_in',
      table_no: '12',
      guests: 2,
      lines: [
        {
          line_id: '0199a1b2-0000-7000-8000-00000000000b',
          item_id: 'steak',
          qty: 2,
          modifiers: ['rare'],
          course: 2,
          hold: true,
        },
      ],
    },
  ],
  [
    'order.update',
    {
      order_id: 'o1',
      priority: 5,
      note: null,
    },
    {
      order_header: {
        o1: 2,
      },
    },
  ],
  [
    'order.add_lines',
    {
      order_id: 'o1',
      lines: [
        {
          item_id: 'soup',
          qty: 1,
          note: 'no cream',
          seat: 2,
        },
      ],
    },
  ],
  [
    'order.update_line',
    {
      order_id: 'o1',
      line_id: 'l1',
      note: 'well done',
    },
    {
      order_line: {
        l1: 2,
      },
    },
  ],
  [
    'order.void_line',
    {
      order_id: 'o1',
      line_id: 'l1',
      reason: 'wrong dish',
    },
    {
      order_line: {
        l1: 3,
      },
    },
  ],
  [
    'order.send',
    {
      order_id: 'o1',
      course: 2,
    },
  ],
  [
    'order.discount',
    {
      order_id: 'o1',
      kind: 'percent',
      value: 1000,
      reason: 'waited too long',
    },
    {
      order_header: {
        o1: 5,
      },
    },
  ],
  [
    'order.transfer',
    {
      order_id: 'o1',
      table_no: '14',
    },
    {
      order_header: {
        o1: 5,
      },
    },
  ],
  [
    'order.merge',
    {
      order_id: 'o1',
      into_order_id: 'o2',
    },
    {
      order_header: {
        o1: 5,
        o2: 8,
      },
    },
  ],
  [
    'order.split',
    {
      order_id: 'o1',
      lines: [
        {
          line_id: 'l1',
        },
        {
          line_id: 'l2',
          qty: 1,
        },
      ],
    },
    {
      order_header: {
        o1: 5,
      },
    },
  ],
  [
    'order.close',
    {
      order_id: 'o1',
    },
    {
      order_header: {
        o1: 9,
      },
    },
  ],
  [
    'order.reopen',
    {
      order_id: 'o1',
      reason: 'dessert after all',
    },
    {
      order_header: {
        o1: 10,
      },
    },
  ],
  [
    'order.void',
    {
      order_id: 'o1',
      reason: 'guests left',
    },
    {
      order_header: {
        o1: 4,
      },
    },
  ],
  [
    'order.lock',
    {
      order_id: 'o1',
      seconds: 20,
    },
  ],
  [
    'order.unlock',
    {
      order_id: 'o1',
    },
  ],
  [
    'kitchen.set_status',
    {
      order_id: 'o1',
      line_ids: ['l1', 'l2'],
      status: 'ready',
    },
    {
      order_line: {
        l1: 3,
        l2: 3,
      },
    },
  ],
  [
    'kitchen.clear',
    {
      order_id: 'o1',
      line_ids: ['l1'],
    },
    {
      order_line: {
        l1: 4,
      },
    },
  ],
  [
    'payment.add',
    {
      order_id: 'o1',
      method: 'cash',
      amount: 2350,
      tip: 150,
      tendered: 3000,
    },
  ],
  [
    'payment.refund',
    {
      payment_id: 'p1',
      amount: 2350,
      reason: 'cold food',
    },
  ],
  [
    'menu.put_item',
    {
      id: 'steak',
      name: 'Steak',
      names: {
        ar: 'ستيك',
      },
      price: 2450,
      station: 'grill',
      tax_rate: 2000,
      tax_included: true,
      modifier_groups: [
        {
          id: 'cook',
          name: 'How cooked',
          min: 1,
          max: 1,
          options: [
            {
              id: 'rare',
              name: 'Rare',
              price: 0,
              available: true,
            },
          ],
        },
      ],
    },
    {
      menu_item: {
        steak: 0,
      },
    },
  ],
  [
    'menu.set_availability',
    {
      item_id: 'steak',
      available: true,
      remaining: 6,
    },
  ],
  [
    'numbers.lease',
    {
      count: 50,
    },
  ],
];

export const commandVectors = commands.map(([name, payload, expect], index) => ({
  meaning: `the command ${name}`,
  message: {
    type: 'command',
    id: String(index + 1),
    key: `k-${index + 1}`,
    name,
    branchId: 'main',
    payload,
    ...(expect !== undefined && { expect }),
  },
}));

const query = { type: 'query', id: '8', branchId: 'main' };
const queries = [
  ['branch.get', {}],
  ['order.get', { order_id: 'o1' }],
  ['order.list', { table_no: '12', from: 1763960400000, limit: 50 }],
  ['kitchen.recent', { station: 'grill', limit: 10 }],
  ['shift.report', { kind: 'x' }],
  ['report.summary', { from: '2026-05-01', to: '2026-05-31' }],
  ['report.sales', { group_by: 'item', from: '2026-05-01', to: '2026-05-31', top: 10 }],
  ['report.discounts', { from: '2026-05-18' }],
  ['report.voids', { top: 50 }],
  ['report.kitchen', {}],
  ['report.shifts', { from: '2025-06-01', to: '2026-05-31' }],
];

export const queryVectors = queries.map(([name, params]) => ({
  meaning: `the query ${name}`,
  message: { ...query, name, params },
}));

export const viewVectors = ['orders', 'kitchen', 'board', 'shift', 'menu', 'devices'].map(
  (view) => ({
    meaning: `subscribe to the view ${view}`,
    message: { type: 'subscribe', id: '3', view, branchId: 'main' },
  }),
);
