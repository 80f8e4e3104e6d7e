/** Vectors of messages from clients. */

const command = {
  type: 'command',
  id: '7',
  key: '6f1c2d7e-3b0a-4c55-9f0e-2a1b3c4d5e6f',
  name: 'payment.add',
  branchId: 'main',
  payload: { order_id: 'o1', method: 'cash', amount: 500 },
};
const query = { type: 'query', id: '8', branchId: 'main' };
const subscribe = { type: 'subscribe', id: '3', branchId: 'main' };

export const acceptedVectors = [
  {
    meaning: 'hello with the fields that it needs',
    message: { type: 'hello', id: '1', token: 'a.b.c' },
  },
  {
    meaning: 'hello that names its program and continues a session',
    message: {
      type: 'hello',
      id: '1',
      token: 'a.b.c',
      client: { name: 'till', version: '2.1.0' },
      sessionId: 's-1',
    },
  },
  {
    meaning: 'unknown envelope fields are ignored, inside client too',
    message: {
      type: 'hello',
      id: '1',
      token: 'a.b.c',
      client: { name: 'till', version: '2', os: 'x' },
      colour: 'red',
    },
    read: { type: 'hello', id: '1', token: 'a.b.c', client: { name: 'till', version: '2' } },
  },
  {
    meaning: 'auth with a fresh token',
    message: { type: 'auth', id: '2', token: 'd.e.f' },
  },
  {
    meaning: 'subscribe for the first time',
    message: { ...subscribe, view: 'orders' },
  },
  {
    meaning: 'subscribe to one station, from a version that is held',
    message: {
      ...subscribe,
      view: 'kitchen',
      station: 'grill',
      since: { epoch: 'e1', version: 120 },
    },
  },
  {
    meaning: 'unsubscribe',
    message: { type: 'unsubscribe', id: '4', channel: 'main/kitchen/grill' },
  },
  { meaning: 'a command that needs no expected version', message: command },
  {
    meaning: 'a command with all its envelope',
    message: {
      ...command,
      name: 'order.void_line',
      payload: { order_id: 'o1', line_id: 'l1', reason: 'guest changed her mind' },
      expect: { order_line: { l1: 3 } },
      correlationId: 'c-1',
      clientAt: 1764000000000,
    },
  },
  {
    meaning: 'null in a payload clears a field',
    message: {
      ...command,
      name: 'order.update',
      payload: { order_id: 'o1', note: null },
      expect: { order_header: { o1: 2 } },
    },
  },
  {
    meaning: 'version 0: the record is to be made',
    message: {
      ...command,
      name: 'menu.put_item',
      payload: { id: 'soup', name: 'Soup', names: { ar: 'حساء' }, price: 450 },
      expect: { menu_item: { soup: 0 } },
    },
  },
  {
    meaning: 'text beyond ASCII, and beyond 16 bits',
    message: {
      ...command,
      name: 'order.update',
      payload: { order_id: 'o1', note: 'crème brûlée 🍮' },
      expect: { order_header: { o1: 2 } },
    },
  },
  {
    meaning: 'a query for one order',
    message: { ...query, name: 'order.get', params: { order_id: 'o1' } },
  },
  {
    meaning: 'a query without conditions still has params',
    message: { ...query, name: 'order.list', params: {} },
  },
  {
    meaning: 'a heartbeat of a screen',
    message: { type: 'heartbeat', versions: { 'main/kitchen': 120, 'main/menu': 7 } },
  },
  {
    meaning: 'a heartbeat of a till that still holds two commands',
    message: {
      type: 'heartbeat',
      versions: { 'main/orders': 120 },
      queue: { length: 2, oldestAt: 1764000000000 },
    },
  },
  { meaning: 'ping', message: { type: 'ping', id: '9' } },
];

export const refusedVectors = [
  {
    meaning: 'an unknown type',
    message: { type: 'subscibe', id: '3' },
    id: '3',
    code: 'bad_message',
  },
  {
    meaning: 'an envelope field of the wrong type',
    message: { ...command, branchId: 7 },
    id: command.id,
    key: command.key,
    code: 'bad_message',
    details: [{ path: '/branchId', reason: 'must be a string' }],
  },
  {
    meaning: 'null is not absent',
    message: { type: 'hello', id: '1', token: 't', sessionId: null },
    id: '1',
    code: 'bad_message',
    details: [{ path: '/sessionId', reason: 'must be a string' }],
  },
  {
    meaning: 'an id that is too long is not repeated',
    message: { type: 'ping', id: 'x'.repeat(65) },
    code: 'bad_message',
    details: [{ path: '/id', reason: 'must have at most 64 characters' }],
  },
  {
    meaning: 'expect names a table that is none',
    message: { ...command, expect: { orders: { o1: 1 } } },
    id: command.id,
    key: command.key,
    code: 'bad_message',
    details: [{ path: '/expect/orders', reason: 'is not a known field' }],
  },
  {
    meaning: 'an unknown command',
    message: { ...command, name: 'order.explode' },
    id: command.id,
    key: command.key,
    code: 'validation_failed',
    details: [{ path: '/name', reason: 'is not a known command' }],
  },
  {
    meaning: 'an unknown query',
    message: { ...query, name: 'order.all', params: {} },
    id: '8',
    code: 'validation_failed',
    details: [{ path: '/name', reason: 'is not a known query' }],
  },
  {
    meaning: 'an unknown view',
    message: { ...subscribe, view: 'cellar' },
    id: '3',
    code: 'validation_failed',
    details: [{ path: '/view', reason: 'is not a known view' }],
  },
  {
    meaning: 'a station of a view that has none',
    message: { ...subscribe, view: 'orders', station: 'grill' },
    id: '3',
    code: 'validation_failed',
    details: [{ path: '/station', reason: 'is for the view kitchen alone' }],
  },
  {
    meaning: 'an unknown payload field, deep inside',
    message: {
      ...command,
      name: 'order.add_lines',
      payload: { order_id: 'o1', lines: [{ item_id: 'soup', qty: 1, price: 1 }] },
    },
    id: command.id,
    key: command.key,
    code: 'validation_failed',
    details: [{ path: '/lines/0/price', reason: 'is not a known field' }],
  },
  {
    meaning: 'several faults at once',
    message: { ...command, payload: { method: 'cheque', amount: 0.5, tip: -1 } },
    id: command.id,
    key: command.key,
    code: 'validation_failed',
    details: [
      { path: '/order_id', reason: 'is required' },
      {
        path: '/method',
        reason: 'must be "cash" or "card" or "voucher" or "account" or "other"',
      },
      { path: '/amount', reason: 'must be a whole number' },
      { path: '/tip', reason: 'must be at least 0' },
    ],
  },
];
